import { Command } from 'commander';
import { checkCommand } from './check.ts';

const program = new Command('signpost').description('Work with the guidance that Signpost gives.');
program
  .command('check')
  .description('check every organisation below the policies folder, and say what to mend')
  .option('--policies <folder>', 'the folder that holds the organisations', 'policies')
  .action(checkCommand);

await program.parseAsync();
