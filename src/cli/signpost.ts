import { Command, Option } from 'commander';
import { VERSION } from '../version.ts';
import { appPackageCommand } from './app-package.ts';
import { askCommand, evaluateCommand } from './ask.ts';
import { auditVerifyCommand } from './audit.ts';
import { auditExportCommand } from './audit-export.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import { doctorCommand } from './doctor.ts';
import { eraseCommand } from './erase.ts';
import { exportCommand } from './export.ts';
import { coverageCommand, diagramCommand, pathsCommand } from './guidance.ts';
import { lifeCommand } from './life.ts';
import { command } from './organisations.ts';
import { reportCommand } from './report.ts';
import { schemaCommand } from './schema.ts';
import { approveCommand, signOffCommand } from './sign-off.ts';
import { unansweredCommand } from './unanswered.ts';
import { rotateCommand } from './words.ts';

// A reader that has seen enough, such as `head`, closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = new Command('signpost')
  .description('Work with the guidance that Signpost gives, and look after its register.')
  .version(VERSION);

/** A command on the policies folder. */
const onPolicies = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--policies <folder>', 'the folder that holds the organisations', 'policies');
const ONE: [string, string] = ['--organisation <id>', 'only this organisation'];

onPolicies('check', 'check every organisation, and say what to mend').action(checkCommand);
onPolicies('coverage', 'list which answers rest on which clauses, both ways round')
  .option(...ONE)
  .option('--json', 'as JSON')
  .action(command(coverageCommand));
onPolicies('paths', 'list every way through every flow, one to a line')
  .option(...ONE)
  .option('--json', 'as JSON')
  .option('--write', 'write the list beside the content, as policies/<organisation>/paths.txt')
  .action(command(pathsCommand));
onPolicies('diagram <flow>', 'draw a flow, as SVG')
  .option(...ONE)
  .option('--dot', 'as text in the DOT language')
  .action(command(diagramCommand));
program
  .command('life')
  .description('draw the life of a referral, as SVG')
  .option('--dot', 'as text in the DOT language')
  .action(command(lifeCommand));
onPolicies('sign-off', 'write the document that a policy owner reads and approves')
  .option(...ONE)
  .option('--out <folder>', 'where to put it', 'dist')
  .action(command(signOffCommand));
onPolicies('approve', 'record that the policy owner approves the guidance as it is now')
  .requiredOption(...ONE)
  .requiredOption('--role <role>', 'the role of who approves, not their name')
  .action(command(approveCommand));
onPolicies('ask [message]', 'show what the bot would answer to a message, and why')
  .requiredOption('--organisation <id>', 'whose guidance to ask')
  .option('--json', 'read one message a line from standard input, and print one JSON object a line')
  .action(command(askCommand));
onPolicies('evaluate <file>', 'measure how well a set of messages is understood (JSON lines)')
  .option('--folds <number>', 'cross-validate: answer each part of the set after learning from the other parts')
  .action(command(evaluateCommand));
program
  .command('unanswered')
  .description('list what staff asked and the bot could not answer')
  .option(...ONE)
  .option('--json', 'as JSON')
  .action(command(unansweredCommand));
onPolicies('report', 'report what staff raised in a period, and what came of it')
  .requiredOption('--organisation <id>', 'whose report')
  .option('--quarter <quarter>', 'a quarter of a calendar year, such as 2026-Q4 for October to December 2026')
  .option('--year <year>', 'a calendar year, such as 2026')
  .option('--from <day>', 'the first day, such as 2026-10-01')
  .option('--to <day>', 'the last day, such as 2026-12-31')
  .addOption(
    new Option('--format <format>', 'a page to print, or tables for a spreadsheet')
      .choices(['html', 'csv'])
      .default('html'),
  )
  .option('--table <id>', 'only this table, as CSV')
  .option('--suppress', 'hide numbers from 1 to 4, and what they could be worked out from')
  .option('--out <file>', 'where to put it; without this it is printed')
  .action(command(reportCommand));
program
  .command('doctor')
  .description(
    'say what is wrong now and what to do: exit code 0 if nothing is, 1 if something is, 2 if it could not look',
  )
  .option('--online', 'also ask Microsoft for a token as the bot')
  .option('--login <address>', 'where Microsoft’s login is, for a cloud of its own')
  .option('--url <address>', 'also ask the running server at this address whether it is ready')
  .option('--json', 'as JSON')
  .action(command(doctorCommand));
const audit = program.command('audit').description('the record of what happened to each referral');
audit
  .command('verify')
  .description(
    'check that nothing in the record was changed: exit code 0 if nothing was, 1 if something was, 2 if it could not look',
  )
  .option('--reference <reference>', 'only this referral, such as K7M-2PXC')
  .option('--checkpoint <value>', 'hold the register against a checkpoint that was written down')
  .action(command(auditVerifyCommand));
audit
  .command('export')
  .description('write who did what and when to referrals in a period, and never what anybody wrote')
  .requiredOption('--from <day>', 'the first day, such as 2026-10-01')
  .requiredOption('--to <day>', 'the last day, such as 2026-12-31')
  .option('--organisation <id>', 'only this organisation, by its own time; otherwise days are those of UTC')
  .option('--reference <reference>', 'only this referral, such as K7M-2PXC')
  .addOption(
    new Option('--format <format>', 'for a spreadsheet, or one JSON object a line')
      .choices(['csv', 'jsonl'])
      .default('csv'),
  )
  .option('--out <file>', 'where to put it; without this it is printed')
  .option('--policies <folder>', 'the folder that holds the organisations', 'policies')
  .action(command(auditExportCommand));
program
  .command('backup')
  .description('copy the register and its keys into a new folder, beside a running server')
  .requiredOption('--out <folder>', 'where to put it: a folder that is new or empty')
  .action(command(backupCommand));
program
  .command('restore')
  .description('make a backup the register of an empty data folder or an empty database, with no server running')
  .requiredOption('--from <folder>', 'the folder that "signpost backup" made')
  .action(command(restoreCommand));
const aboutPerson = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .requiredOption('--person <who>', 'their object id in Microsoft Entra, or their whole name as Teams shows it')
    .option('--tenant <id>', 'only in this tenant')
    .option('--by <who>', 'who runs or decided this, as it is written down; by default the user of this machine')
    .option('--reason <text>', 'the number of the request, or why; name nobody, since it is kept');
aboutPerson('export', 'write all that is kept about one person, for whoever asked for theirs')
  .addOption(
    new Option('--format <format>', 'a page to read, or for a machine').choices(['html', 'json']).default('html'),
  )
  .option('--out <file>', 'where to put it; without this it is printed')
  .action(command(exportCommand));
aboutPerson('erase', 'list what can be deleted of one person and what stays and why; with --yes delete it')
  .option('--before-its-time', 'also what is closed and whose time is not over; never what is open')
  .option('--yes', 'do it')
  .action(command(eraseCommand));
program
  .command('words')
  .description('what people typed into referrals, which is kept encrypted')
  .command('rotate')
  .description(
    'encrypt all of it anew with the first of WORDS_KEYS, beside a running server; can be run again at any time',
  )
  .action(command(rotateCommand));
onPolicies('schema', 'write the JSON Schemas that editors use').action(command(schemaCommand));
program
  .command('app-package')
  .description('build the zip that is uploaded to Teams, from appPackage/ and env/')
  .option('--out <file>', 'where to put it', 'dist/signpost-app.zip')
  .action(appPackageCommand);

await program.parseAsync();
