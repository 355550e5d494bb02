import { dangerFlow } from '../outcome.ts';
import type { Clause, Flow, Organisation, Outcome } from '../types.ts';
import { shorthand, words } from './features.ts';
import type { Found } from './finder.ts';

/** One thing that a search of the guidance finds. */
export type Hit =
  | { readonly kind: 'topic'; readonly flow: Flow }
  | { readonly kind: 'answer'; readonly flow: Flow; readonly id: string; readonly outcome: Outcome }
  | { readonly kind: 'clause'; readonly clause: Clause };

const ANSWERS = 4;
const CLAUSES = 6;
/** A text that speaks half as much of what was typed as the best one does is shown too. */
const BESIDE_THE_BEST = 0.5;
/** A word that stands in more than this part of all texts tells none of them apart. */
const TOO_COMMON = 0.25;

/**
 * What an organisation's guidance says about some words: what to do about danger where they may be about it, the
 * topics that the chat would offer, then answers and clauses that use the words. A section's number finds its clause.
 */
export function searchGuidance(organisation: Organisation, found: Found, typed: string): Hit[] {
  const topics = found.flows.flatMap(({ flow: id }): Hit[] => {
    const flow = organisation.flows.get(id);
    return flow === undefined ? [] : [{ kind: 'topic', flow }];
  });
  const wanted = stemsOf(shorthand(organisation.synonyms).expand(words(typed)));
  return [
    ...(found.danger ? dangerHits(organisation) : []),
    ...topics,
    ...sections(organisation, typed),
    ...best(answersOf(organisation), wanted, ANSWERS),
    ...best(clausesOf(organisation), wanted, CLAUSES),
  ].filter(isFirst);
}

/** What is shown before anything is typed: what to do about danger, and every topic in the order of its group. */
export function firstHits(organisation: Organisation): Hit[] {
  const flows = [...organisation.flows.values()].filter((flow) => !flow.danger);
  const topics = organisation.settings.groups.flatMap(({ id }) => flows.filter((flow) => flow.group === id));
  return [...dangerHits(organisation), ...topics.map((flow): Hit => ({ kind: 'topic', flow }))];
}

function dangerHits(organisation: Organisation): Hit[] {
  const flow = organisation.flows.get(dangerFlow(organisation));
  return flow === undefined ? [] : answersIn(flow);
}

function answersIn(flow: Flow): Hit[] {
  return Object.entries(flow.outcomes).map(([id, outcome]) => ({ kind: 'answer', flow, id, outcome }));
}

/** The clauses whose section or id was typed: "4.2", "WAHT-4.2". */
function sections({ clauses }: Organisation, typed: string): Hit[] {
  const wanted = typed.trim().toLowerCase();
  return clauses
    .filter(({ id, section }) => wanted === id.toLowerCase() || wanted === numberOf(section))
    .map((clause) => ({ kind: 'clause', clause }));
}

/** "4.2, What it is about" is numbered 4.2. */
function numberOf(section: string): string {
  return section.toLowerCase().split(/[,\s]/u)[0] ?? '';
}

type Text = { readonly hit: Hit; readonly stems: ReadonlySet<string> };

function answersOf(organisation: Organisation): Text[] {
  return [...organisation.flows.values()].flatMap(answersIn).map((hit) => ({ hit, stems: new Set(stemsIn(hit)) }));
}

function clausesOf({ clauses }: Organisation): Text[] {
  return clauses
    .map((clause): Hit => ({ kind: 'clause', clause }))
    .map((hit) => ({ hit, stems: new Set(stemsIn(hit)) }));
}

function stemsIn(hit: Hit): string[] {
  switch (hit.kind) {
    case 'topic':
      return stemsOf(words(hit.flow.title));
    case 'answer':
      return stemsOf(words([hit.outcome.headline, ...hit.outcome.steps.map((step) => step.do)].join(' ')));
    case 'clause':
      return stemsOf(words(hit.clause.summary));
  }
}

/** The texts that use most of the words, a rare word counting for more than a common one. */
function best(texts: readonly Text[], wanted: readonly string[], most: number): Hit[] {
  const weights = new Map(wanted.map((stem) => [stem, weightIn(texts, stem)]));
  const scored = texts
    .map(({ hit, stems }) => ({
      hit,
      score: [...weights].reduce((sum, [stem, weight]) => sum + (stems.has(stem) ? weight : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
  const enough = (scored[0]?.score ?? 0) * BESIDE_THE_BEST;
  return scored
    .filter(({ score }) => score >= enough)
    .slice(0, most)
    .map(({ hit }) => hit);
}

function weightIn(texts: readonly Text[], stem: string): number {
  const holding = texts.filter(({ stems }) => stems.has(stem)).length;
  return holding === 0 || holding > texts.length * TOO_COMMON ? 0 : Math.log(texts.length / holding);
}

/** Words without the endings that only bend them: "photos" and "photo", "filmed" and "filming". */
function stemsOf(list: readonly string[]): string[] {
  return list.filter((word) => word.length > 2).map((word) => word.replace(/(?<=...)(?:ings?|ed|e?s)$/u, ''));
}

/** Whether nothing before it in the list is the same. */
function isFirst(hit: Hit, index: number, all: readonly Hit[]): boolean {
  return all.findIndex((other) => keyOf(other) === keyOf(hit)) === index;
}

function keyOf(hit: Hit): string {
  switch (hit.kind) {
    case 'topic':
      return `topic ${hit.flow.flow}`;
    case 'answer':
      return `answer ${hit.flow.flow} ${hit.id}`;
    case 'clause':
      return `clause ${hit.clause.id}`;
  }
}
