import { Command } from 'commander';
import { appPackageCommand } from './app-package.ts';
import { checkCommand } from './check.ts';

const program = new Command('signpost').description('Work with the guidance that Signpost gives.');
program
  .command('check')
  .description('check every organisation below the policies folder, and say what to mend')
  .option('--policies <folder>', 'the folder that holds the organisations', 'policies')
  .action(checkCommand);

program
  .command('app-package')
  .description('build the zip that is uploaded to Teams, from appPackage/ and env/')
  .option('--out <file>', 'where to put it', 'dist/signpost-app.zip')
  .action(appPackageCommand);

await program.parseAsync();
