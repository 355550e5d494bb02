import type { Flow, SmallTalkFile, SynonymsFile } from '../types.ts';
import type { Responses } from '../walk.ts';
import { trainClassifier } from './classifier.ts';
import { expander, type Features, learnVocabulary, words } from './features.ts';
import { slipsBetween } from './slips.ts';

export type Ranked = { readonly flow: string; readonly title: string; readonly score: number };

/** What a typed message seems to be about. */
export type Found = {
  readonly answer: 'offer' | 'none' | 'greeting';
  /** True where the message may be about somebody in danger: the danger card then comes first. */
  readonly danger: boolean;
  /** Best first, three at most, without the danger flow, which has a card of its own. Empty unless `answer` is "offer". */
  readonly flows: readonly Ranked[];
};

export type Explained = Found & {
  /** How much the message speaks for danger, from 0 to 1. */
  readonly dangerScore: number;
  /** Probability of every label, best first; " nothing" and " greeting" are not flows. */
  readonly labels: readonly { readonly label: string; readonly score: number }[];
  /** What spoke for the best label, strongest first. */
  readonly because: readonly { readonly feature: string; readonly weight: number }[];
};

export type Finder = {
  find(text: string): Found;
  /** The same answer, with what decided it. */
  explain(text: string): Explained;
  /** The answers that a message gives plainly to a flow's own questions; never to a question about danger. */
  understand(flow: Flow, text: string): Responses;
};

const NOTHING = ' nothing';
const GREETING = ' greeting';
/** What the danger flow is found by: its own examples and the national ones. It is no topic among the others. */
const DANGER = ' danger';
/** Marks the calm half of a grave topic. */
const CALM = ' calm';
const OFFERED = 3;
const REASONS = 12;
const GREETING_WORDS = 4;

/**
 * Above this score of danger the danger card comes first. Set on sets of messages that are in no training data
 * (docs/free-text.md), for recall before precision.
 */
const DANGER_FROM = 0.18;
/** A topic marked danger-first speaks for danger half as loudly as danger itself: much that is asked of it is calm. */
const TOPIC_SPEAKS = 0.5;
/** How much more probable than any topic it must be that no policy is about a message: a topic too many costs a tap. */
const OUTSIDE_OVER = 2.5;
/** Below this part of the probability of a topic that is never grave, danger is left alone. */
const BESIDE_A_CALM_TOPIC = 0.25;
/** What a message is mostly about stands at its beginning; danger may stand anywhere in it. In characters. */
const WINDOW = 600;
const LONGEST_READ = 30_000;

/**
 * Learns from the content alone: a logistic regression over TF-IDF of words and characters ranks the flows, and says
 * how probable danger is. The same content always gives the same finder.
 */
export function trainFinder(
  flows: readonly Flow[],
  smallTalk: SmallTalkFile,
  synonyms: SynonymsFile['synonyms'] = [],
): Finder {
  const expand = expander(synonyms);
  const ordinary = flows.filter((flow) => !flow.danger);
  const dangers = new Set([
    ...flows.filter((flow) => flow.danger).flatMap((flow) => flow.examples),
    ...smallTalk.danger,
  ]);
  const labelled = [
    ...ordinary.flatMap((flow) => [
      ...[flow.title, ...flow.examples].map((text) => ({ text, label: flow.flow })),
      ...flow['calm-examples'].map((text) => ({ text, label: flow.flow + CALM })),
    ]),
    ...smallTalk['off-topic'].map((text) => ({ text, label: NOTHING })),
    ...smallTalk.greetings.map((text) => ({ text, label: GREETING })),
    ...[...dangers].map((text) => ({ text, label: DANGER })),
  ];
  const vocabulary = learnVocabulary(
    labelled.map(({ text }) => text),
    expand,
  );
  const { featuresOf } = vocabulary;
  const topics = trainClassifier(
    labelled.flatMap(({ label }, index) => {
      const features = vocabulary.documents[index];
      return features === undefined ? [] : [{ features, label }];
    }),
    vocabulary.size,
  );
  const byId = new Map(ordinary.map((flow) => [flow.flow, flow]));
  const grave = ordinary.filter((flow) => flow['danger-first']).map((flow) => flow.flow);
  const dangerIn = (features: Features): number => {
    if (features.columns.length === 0) return 0;
    const scores = topics.probabilities(features);
    return grave.reduce((sum, flow) => sum + TOPIC_SPEAKS * (scores.get(flow) ?? 0), scores.get(DANGER) ?? 0);
  };

  const greetings = smallTalk.greetings.map((greeting) => words(greeting).join(' '));
  /** A few words that are a greeting but for a slip of the finger say too little for the classifier. */
  const isGreeting = (text: string): boolean => {
    const list = words(text);
    const typed = list.join(' ');
    return list.length <= GREETING_WORDS && greetings.some((greeting) => slipsBetween(typed, greeting) <= 1);
  };

  const explain = (text: string): Explained => {
    const features = featuresOf(text.slice(0, WINDOW));
    const labels = ranked(topics.probabilities(features));
    const dangerScore = Math.max(...windowsOf(text).map((part) => dangerIn(featuresOf(part))));
    // A matter that is more probably none of these policies' is left alone.
    const nothing = labels.find(({ label }) => label === NOTHING)?.score ?? 0;
    // The best topic that is never grave. Where it is far more probable, a trace of danger is none.
    const bestCalm = labels.find(({ label }) => byId.get(label)?.['danger-first'] === false)?.score ?? 0;
    const isDanger =
      dangerScore >= DANGER_FROM && dangerScore >= nothing && dangerScore >= BESIDE_A_CALM_TOPIC * bestCalm;
    const topicsOffered = labels.flatMap(({ label, score }) => {
      const flow = byId.get(label);
      return flow === undefined ? [] : [{ flow: label, title: flow.title, score }];
    });
    const best = bestOf(labels, topicsOffered[0]);
    const answer = isGreeting(text) ? 'greeting' : answerFor(best, features.columns.length > 0, isDanger);
    return {
      answer,
      danger: isDanger && answer !== 'greeting',
      flows: answer === 'offer' ? topicsOffered.slice(0, OFFERED) : [],
      dangerScore,
      labels,
      because: topics
        .explain(features, best)
        .slice(0, REASONS)
        .map(({ column, weight }) => ({ feature: vocabulary.nameOf(column), weight })),
    };
  };

  return {
    explain,
    find(text) {
      const { answer, danger: isDanger, flows: offered } = explain(text);
      return { answer, danger: isDanger, flows: offered };
    },
    understand(flow, text) {
      const said = ` ${expand(words(text)).join(' ')} `;
      const plain = Object.entries(flow.questions).flatMap(([id, question]): [string, string][] => {
        if (question.danger) return [];
        const chosen = question.options.filter((option) =>
          option.examples.some((example) => said.includes(` ${words(example).join(' ')} `)),
        );
        const [only, ...others] = chosen;
        return only === undefined || others.length > 0 ? [] : [[id, only.option]];
      });
      return Object.fromEntries(plain);
    },
  };
}

/** The best topic, unless no policy, or a greeting, is much more probable. */
function bestOf(labels: readonly Scored[], topic: Ranked | undefined): string {
  const outside = labels.find(({ label }) => label === NOTHING || label === GREETING);
  if (topic === undefined) return outside?.label ?? NOTHING;
  return outside !== undefined && outside.score > OUTSIDE_OVER * topic.score ? outside.label : topic.flow;
}

function answerFor(best: string, isReadable: boolean, isDanger: boolean): Found['answer'] {
  if (isDanger) return 'offer';
  if (!isReadable || best === NOTHING) return 'none';
  return best === GREETING ? 'greeting' : 'offer';
}

type Scored = { readonly label: string; readonly score: number };

/** Labels by probability, best first, with the calm half of a topic added to it. */
function ranked(probabilities: ReadonlyMap<string, number>): Scored[] {
  const sums = new Map<string, number>();
  for (const [label, score] of probabilities) {
    const topic = label.endsWith(CALM) ? label.slice(0, -CALM.length) : label;
    sums.set(topic, (sums.get(topic) ?? 0) + score);
  }
  return [...sums].map(([label, score]) => ({ label, score })).sort((a, b) => b.score - a.score);
}

/** A message in overlapping parts, so that danger late in a long one weighs as much as in a short one. */
function windowsOf(text: string): string[] {
  const parts = [text.slice(0, WINDOW)];
  const end = Math.min(text.length, LONGEST_READ);
  for (let start = WINDOW / 2; start < end; start += WINDOW / 2) parts.push(text.slice(start, start + WINDOW));
  return parts;
}
