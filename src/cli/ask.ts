import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { clausesOf } from '../guidance/coverage.ts';
import { type Answered, evaluate, type Share, Utterance } from '../guidance/find/evaluate.ts';
import { type Finder, type Found, trainFinder } from '../guidance/find/finder.ts';
import { foldsOf, type Taught, withExamples } from '../guidance/find/folds.ts';
import { scrub } from '../guidance/find/scrub.ts';
import type { Organisation } from '../guidance/types.ts';
import { loadPolicies } from '../policies.ts';
import { CommandError, findOrganisation, type PoliciesOption, print } from './organisations.ts';

type EvaluateOptions = PoliciesOption & { folds?: string };
type AskOptions = PoliciesOption & { organisation: string; json?: boolean };

export function finderFor(organisation: Organisation): Finder {
  return trainFinder([...organisation.flows.values()], organisation.smallTalk, organisation.synonyms);
}

/** `signpost ask`: what the bot would answer to a message, and why; with --json, one message a line. */
export async function askCommand(text: string | undefined, options: AskOptions): Promise<void> {
  const organisation = findOrganisation(await loadPolicies(options.policies), options.organisation);
  const finder = finderFor(organisation);
  if (options.json) {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      print(JSON.stringify(asJson(organisation, finder.find(line))));
    }
    return;
  }
  if (text === undefined)
    throw new CommandError('Type a message in quotes, or use --json and give one message a line.');
  explainTo(organisation, finder, text);
}

/** The answer as other programs read it. `clauses` are those that the flow's outcomes cite. */
export function asJson(organisation: Organisation, found: Found): object {
  return {
    answer: found.answer,
    danger: found.danger,
    flows: found.flows.map(({ flow, title, score }) => ({
      flow,
      title,
      score: Number(score.toFixed(4)),
      clauses: clausesOfFlow(organisation, flow),
    })),
  };
}

function clausesOfFlow(organisation: Organisation, flow: string): string[] {
  const outcomes = Object.values(organisation.flows.get(flow)?.outcomes ?? {});
  return [...new Set(outcomes.flatMap(clausesOf))].sort();
}

const SHOWN = 6;
const DECIDED = { danger: 'danger', topic: 'the first flow', greeting: 'a greeting', nothing: 'no policy' } as const;

function explainTo(organisation: Organisation, finder: Finder, text: string): void {
  const { text: kept, found: identifiers } = scrub(text);
  const explained = finder.explain(text);
  if (identifiers.length > 0) print(`taken out    ${identifiers.join(', ')}: "${kept}"`);
  if (explained.command !== undefined) print(`command      ${explained.command}`);
  print(`answer       ${explained.answer}`);
  print(`danger       ${explained.danger ? 'yes' : 'no'} (${explained.dangerScore.toFixed(3)})`);
  print(`no policy    ${explained.apart.nothing.toFixed(3)}`);
  print(`greeting     ${explained.apart.greeting.toFixed(3)}`);
  print('flows');
  for (const { flow, score } of explained.topics.slice(0, SHOWN)) print(`  ${score.toFixed(3)}  ${flow}`);
  const [best] = explained.flows;
  const flow = best && organisation.flows.get(best.flow);
  if (flow !== undefined) {
    const understood = Object.entries(finder.understand(flow, text));
    print(
      `understood   ${understood.map(([question, option]) => `${question}=${option}`).join(', ') || 'no answer yet'}`,
    );
  }
  if (explained.because.length > 0) print(`what speaks for ${DECIDED[explained.decided]}`);
  for (const { feature, weight } of explained.because) {
    const [kind, ...rest] = feature.split(':');
    print(`  ${weight.toFixed(3)}  ${kind === 'w' ? 'word' : 'letters'} "${rest.join(':')}"`);
  }
}

/** Answers every message of a set with its organisation's finder. */
export function answerAll(
  utterances: readonly Utterance[],
  organisationOf: (utterance: Utterance) => Organisation,
): Answered[] {
  const finders = new Map<string, Finder>();
  return utterances.map((utterance) => {
    const organisation = organisationOf(utterance);
    const finder = finders.get(organisation.id) ?? finderFor(organisation);
    finders.set(organisation.id, finder);
    const found = finder.find(utterance.text);
    const [wanted = ''] = utterance.clauses;
    return {
      utterance,
      found,
      ranks: found.flows.map(({ flow }) => clausesOfFlow(organisation, flow).includes(wanted)),
    };
  });
}

/** Answers every message with a finder that has learnt the other folds' messages too, besides the content. */
export function answerByFolds(
  utterances: readonly Utterance[],
  folds: number,
  organisationOf: (utterance: Utterance) => Organisation,
): Answered[] {
  const organisations = new Set(utterances.map(organisationOf));
  return [...organisations].flatMap((organisation) => {
    const own = utterances.filter((utterance) => organisationOf(utterance) === organisation);
    const finder = finderFor(organisation);
    const taught = own.map((utterance) => ({ utterance, ...meantBy(organisation, finder, utterance) }));
    return foldsOf(taught, folds).flatMap(({ held, others }) => {
      const grown = withExamples(organisation, others);
      return answerAll(
        held.map(({ utterance }) => utterance),
        () => grown,
      );
    });
  });
}

/** The flow that a message was meant for: of those that cite its first clause, the one that it is most like. */
function meantBy(
  organisation: Organisation,
  finder: Finder,
  { text, kinds, clauses }: Utterance,
): Pick<Taught, 'flow'> {
  const [wanted] = clauses;
  // What is about danger teaches danger, which is no topic.
  if (wanted === undefined || kinds.includes('red_flag')) return {};
  const meant = finder
    .explain(text)
    .topics.find(({ flow }) => clausesOfFlow(organisation, flow).includes(wanted))?.flow;
  return meant === undefined ? {} : { flow: meant };
}

/**
 * Reads a set of messages, one JSON object a line.
 * @throws CommandError naming the file, and the line that is no message.
 */
export async function readUtterances(file: string): Promise<Utterance[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read. ${reasonOf(error)}`, 2);
  });
  const utterances = text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [readLine(file, line, index)]));
  if (utterances.length === 0)
    throw new CommandError(`${file} holds no messages. Put one JSON object on each line.`, 2);
  return utterances;
}

function reasonOf(error: unknown): string {
  const isMissing = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
  return isMissing ? 'There is no such file.' : 'Check that it is a file, and that you may read it.';
}

function readLine(file: string, line: string, index: number): Utterance {
  const wrong = (why: string): CommandError => new CommandError(`${file}:${index + 1}: ${why}`, 2);
  const parsed = Utterance.safeParse(parseJson(line, wrong));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong(
    `this is not a message of a set. ${issue?.path.join('.') || 'The line'}: ${issue?.message ?? 'is wrong'}.`,
  );
}

function parseJson(line: string, wrong: (why: string) => CommandError): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw wrong('this line is not JSON. Put one JSON object on each line.');
  }
}

/** An organisation by its id, or by the prefix of its clauses: `WAHT`. */
export function organisationByPrefix(organisations: readonly Organisation[], name: string): Organisation {
  const found = organisations.find(
    ({ id, clauses }) => id === name || clauses[0]?.id.toLowerCase().startsWith(`${name.toLowerCase()}-`),
  );
  if (found === undefined) throw new CommandError(`There is no organisation "${name}".`);
  return found;
}

/** `signpost evaluate`: how well messages are understood. */
export async function evaluateCommand(file: string, options: EvaluateOptions): Promise<void> {
  // What was typed wrong is told at once, before the policies are read.
  const folds = options.folds === undefined ? undefined : Number(options.folds);
  if (folds !== undefined && !(Number.isInteger(folds) && folds >= 2))
    throw new CommandError('--folds must be a whole number, 2 or more.');
  const utterances = await readUtterances(file);
  const organisations = [...(await loadPolicies(options.policies)).values()];
  const organisationOf = (utterance: Utterance): Organisation =>
    organisationByPrefix(organisations, utterance.organisation);
  const result = evaluate(
    folds === undefined ? answerAll(utterances, organisationOf) : answerByFolds(utterances, folds, organisationOf),
  );
  const line = (name: string, { share, low, high, hits, of }: Share): void =>
    print(`${name.padEnd(24)} ${share.toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)})  ${hits} of ${of}`);
  print(`${utterances.length} messages. Shares with their 95% confidence interval (Wilson).\n`);
  if (folds !== undefined) print(`Each was answered after learning from those of the other ${folds - 1} folds.\n`);
  line('right flow first', result.top1);
  line('right flow among three', result.top3);
  print(`${'mean reciprocal rank'.padEnd(24)} ${result.meanReciprocalRank.toFixed(3)}`);
  line('in scope kept', result.kept);
  line('out of scope rejected', result.rejected);
  line('danger recall', result.dangerRecall);
  line('false alarms', result.falseAlarms);
  line('small talk known', result.smallTalk);
  print('\nMeant, and what came first:');
  for (const { clause, flow, times } of result.confusions) print(`  ${times} x ${clause} -> ${flow}`);
  print('\nEach miss:');
  for (const { id, why, text } of result.misses) print(`  ${id} ${why}: ${text}`);
}
