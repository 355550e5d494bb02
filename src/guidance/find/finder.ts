import type { Flow, SmallTalkFile, SynonymsFile } from '../types.ts';
import type { Responses } from '../walk.ts';
import { type Sample, trainClassifier } from './classifier.ts';
import { type Command, parseCommand } from './commands.ts';
import { type Features, learnVocabulary, shorthand, words } from './features.ts';
import { smallTalkIn } from './small-talk.ts';
import { understandIn } from './understand.ts';

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
  /** What was typed in place of a question. */
  readonly command: Command | undefined;
  /** How much the message speaks for danger, from 0 to 1. */
  readonly dangerScore: number;
  /** How probable it is that no policy is about the message, and that it only greets, from 0 to 1. */
  readonly apart: { readonly nothing: number; readonly greeting: number };
  /** Every topic, best first. */
  readonly topics: readonly Ranked[];
  readonly decided: Decision;
  /** What spoke for it, strongest first. Empty where the words alone decided, as of a command. */
  readonly because: readonly { readonly feature: string; readonly weight: number }[];
};

/** What a message was taken for. */
export type Decision = 'danger' | 'topic' | 'greeting' | 'nothing';

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

/**
 * Above this score of danger the danger card comes first. Set on sets of messages that are in no training data
 * (docs/free-text.md), for recall before precision.
 */
const DANGER_FROM = 0.16;
/** A topic marked danger-first speaks for danger half as loudly as danger itself: much that is asked of it is calm. */
const TOPIC_SPEAKS = 0.5;
/** How much more probable than any topic it must be that no policy is about a message: a topic too many costs a tap. */
const OUTSIDE_OVER = 2;
/** Below this part of the probability of a topic that is never grave, danger is left alone. */
const BESIDE_A_CALM_TOPIC = 0.25;
/** From this score of danger its own topics come first. Set as above, so that calm messages keep their topics. */
const PLAINLY_GRAVE = 0.65;
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
  const { expand, replace } = shorthand(synonyms);
  const ordinary = flows.filter((flow) => !flow.danger);
  const grave = new Set(ordinary.filter((flow) => flow['danger-first']).map(({ flow }) => flow));
  const labelled = labelledTexts(flows, smallTalk);
  const vocabulary = learnVocabulary(
    labelled.map(({ text }) => text),
    expand,
  );
  const samples = labelled.flatMap(({ label }, index): Sample[] => {
    const features = vocabulary.documents[index];
    return features === undefined ? [] : [{ features, label }];
  });
  const classifier = trainClassifier(samples, vocabulary.size);
  // Tells the grave topics from each other: that a message is about danger does not say which danger.
  const graveTopics = trainClassifier(
    samples.filter(({ label }) => grave.has(label)),
    vocabulary.size,
  );
  // Tells what is grave from all that is not: it looks past the topics that the first one has to choose between.
  const gravity = trainClassifier(
    samples.map(({ features, label }) => ({ features, label: label === DANGER || grave.has(label) ? DANGER : CALM })),
    vocabulary.size,
  );
  const smallTalkOf = smallTalkIn(smallTalk, vocabulary.knows);

  const read = (text: string): Reading => {
    const features = vocabulary.featuresOf(text);
    const scores = new Map<string, number>();
    let danger = 0;
    for (const [label, score] of classifier.probabilities(features)) {
      const topic = label.endsWith(CALM) ? label.slice(0, -CALM.length) : label;
      scores.set(topic, (scores.get(topic) ?? 0) + score);
      if (label === DANGER) danger += score;
      else if (grave.has(label)) danger += TOPIC_SPEAKS * score;
    }
    const together = (danger + (gravity.probabilities(features).get(DANGER) ?? 0)) / 2;
    return { features, scores, danger: features.columns.length === 0 ? 0 : together };
  };

  const rank = (scoreOf: (flow: string) => number): Ranked[] =>
    ordinary
      .map(({ flow, title }) => ({ flow, title, score: scoreOf(flow) }))
      .sort((one, other) => other.score - one.score);

  /** The topics of a message that is plainly about danger: that counts for the grave topics that it is like. */
  const rankGrave = (first: Reading, gravest: Reading): Ranked[] => {
    const danger = gravest.scores.get(DANGER) ?? 0;
    const likeness = graveTopics.probabilities(gravest.features);
    return rank((flow) => {
      const score = first.scores.get(flow) ?? 0;
      if (!grave.has(flow)) return score;
      return Math.max(score, (gravest.scores.get(flow) ?? 0) + danger * (likeness.get(flow) ?? 0));
    });
  };

  const isDanger = ({ scores }: Reading, { danger }: Reading): boolean => {
    // Where a topic that is never grave is far more probable, a trace of danger is none.
    const bestCalm = Math.max(0, ...ordinary.map(({ flow }) => (grave.has(flow) ? 0 : (scores.get(flow) ?? 0))));
    const outside = Math.max(scores.get(NOTHING) ?? 0, scores.get(GREETING) ?? 0);
    return danger >= Math.max(DANGER_FROM, outside, BESIDE_A_CALM_TOPIC * bestCalm);
  };

  /** What speaks loudest for danger. */
  const gravestLabel = ({ scores }: Reading): string => {
    const loudness = (label: string): number => (scores.get(label) ?? 0) * (label === DANGER ? 1 : TOPIC_SPEAKS);
    return [...grave].reduce((loudest, flow) => (loudness(flow) > loudness(loudest) ? flow : loudest), DANGER);
  };

  const reasonsFor = ({ decided, topics, first, gravest }: Judged): Explained['because'] => {
    const topic = topics[0]?.flow ?? NOTHING;
    const label = { danger: gravestLabel(gravest), topic, greeting: GREETING, nothing: NOTHING }[decided];
    return classifier
      .explain(decided === 'danger' ? gravest.features : first.features, label)
      .slice(0, REASONS)
      .map(({ column, weight }) => ({ feature: vocabulary.nameOf(column), weight }));
  };

  const judge = (typed: string): Judged => {
    // One character may stand for eighteen: what is read is measured after that.
    const plain = typed.slice(0, LONGEST_READ).normalize('NFKC').slice(0, LONGEST_READ);
    const command = parseCommand(plain);
    const { kind, body } = smallTalkOf(plain);
    const readings = windowsOf(body).map(read);
    const [first = read('')] = readings;
    const gravest = readings.reduce((most, one) => (one.danger > most.danger ? one : most), first);
    const isReadable = first.features.columns.length > 0 && words(body).some(saysSomething);
    const byWords = command !== undefined ? 'greeting' : (kind ?? (isReadable ? undefined : 'nothing'));
    const calmly = rank((flow) => first.scores.get(flow) ?? 0);
    const decided = byWords ?? (isDanger(first, gravest) ? 'danger' : bestOf(calmly[0], first.scores));
    const isPlain = kind === 'danger' || gravest.danger >= PLAINLY_GRAVE;
    const topics = decided === 'danger' && isPlain ? rankGrave(first, gravest) : calmly;
    return {
      answer: ANSWERS[decided],
      danger: decided === 'danger',
      flows: ANSWERS[decided] === 'offer' && isReadable ? offer(topics, calmly[0]) : [],
      command,
      decided,
      isByWords: byWords !== undefined,
      topics,
      first,
      gravest,
    };
  };

  return {
    find(text) {
      const { answer, danger, flows: offered } = judge(text);
      return { answer, danger, flows: offered };
    },
    explain(text) {
      const judged = judge(text);
      const { answer, danger, flows: offered, command, decided, topics, first, gravest } = judged;
      return {
        answer,
        danger,
        flows: offered,
        command,
        dangerScore: gravest.danger,
        apart: { nothing: first.scores.get(NOTHING) ?? 0, greeting: first.scores.get(GREETING) ?? 0 },
        topics,
        decided,
        because: judged.isByWords ? [] : reasonsFor(judged),
      };
    },
    understand: (flow, text) => understandIn(flow, text, replace),
  };
}

/** A lone letter or number says too little to be about anything. */
function saysSomething(word: string): boolean {
  return word.length > 1 && /\p{L}/u.test(word);
}

const ANSWERS: Readonly<Record<Decision, Found['answer']>> = {
  danger: 'offer',
  topic: 'offer',
  greeting: 'greeting',
  nothing: 'none',
};

type Reading = {
  readonly features: Features;
  /** The probability of every label, with the calm half of a topic added to it. */
  readonly scores: ReadonlyMap<string, number>;
  /** How much of it speaks for danger. */
  readonly danger: number;
};

type Judged = Found & {
  readonly command: Command | undefined;
  readonly decided: Decision;
  /** Whether the words alone decided, and not what was learnt. */
  readonly isByWords: boolean;
  readonly topics: readonly Ranked[];
  /** The beginning of the message, and the part of it that speaks loudest for danger. */
  readonly first: Reading;
  readonly gravest: Reading;
};

/** Everything that is learnt, with what it is an example of. */
function labelledTexts(flows: readonly Flow[], smallTalk: SmallTalkFile): { text: string; label: string }[] {
  const dangers = new Set([
    ...flows.filter((flow) => flow.danger).flatMap((flow) => flow.examples),
    ...smallTalk.danger,
  ]);
  return [
    ...flows
      .filter((flow) => !flow.danger)
      .flatMap((flow) => [
        ...[flow.title, ...flow.examples].map((text) => ({ text, label: flow.flow })),
        ...flow['calm-examples'].map((text) => ({ text, label: flow.flow + CALM })),
      ]),
    ...smallTalk['off-topic'].map((text) => ({ text, label: NOTHING })),
    ...smallTalk.greetings.map((text) => ({ text, label: GREETING })),
    ...[...dangers].map((text) => ({ text, label: DANGER })),
  ];
}

/** The first topics, with the one that the words are most like among them: danger may have been heard where there is none. */
function offer(topics: readonly Ranked[], likest: Ranked | undefined): readonly Ranked[] {
  const first = topics.slice(0, OFFERED);
  if (likest === undefined || first.some(({ flow }) => flow === likest.flow)) return first;
  return [...first.slice(0, OFFERED - 1), likest];
}

/** The best topic, unless no policy, or a greeting, is much more probable. */
function bestOf(topic: Ranked | undefined, scores: ReadonlyMap<string, number>): Exclude<Decision, 'danger'> {
  const nothing = scores.get(NOTHING) ?? 0;
  const greeting = scores.get(GREETING) ?? 0;
  if (topic !== undefined && Math.max(nothing, greeting) <= OUTSIDE_OVER * topic.score) return 'topic';
  return greeting > nothing ? 'greeting' : 'nothing';
}

/** A message in overlapping parts, so that danger late in a long one weighs as much as in a short one. */
function windowsOf(text: string): string[] {
  const parts = [text.slice(0, WINDOW)];
  for (let start = WINDOW / 2; start < text.length; start += WINDOW / 2) parts.push(text.slice(start, start + WINDOW));
  return parts;
}
