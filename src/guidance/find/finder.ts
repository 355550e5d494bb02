import type { Flow, SmallTalkFile, SynonymsFile } from '../types.ts';
import type { Responses } from '../walk.ts';
import { type Classifier, trainClassifier } from './classifier.ts';
import { count, expander, type Features, rarityIn, weigh, words } from './features.ts';

export type Ranked = { readonly flow: string; readonly title: string; readonly score: number };

/** What a typed message seems to be about. */
export type Found = {
  readonly answer: 'offer' | 'none' | 'greeting';
  /** True where the message may be about somebody in danger: the danger card then comes first. */
  readonly danger: boolean;
  /** Best first, three at most, with the danger flow where it is one of them. Empty unless `answer` is "offer". */
  readonly flows: readonly Ranked[];
};

export type Explained = Found & {
  /** Probability that the message is about danger. */
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
const GRAVE = ' grave';
const HARMLESS = ' harmless';
const OFFERED = 3;
const REASONS = 12;

/** Above this probability of danger the danger card comes first. Low, since a miss is worse than a false alarm. */
const DANGER_FROM = 0.3;
/** What a message is mostly about stands at its beginning; danger may stand anywhere in it. In characters. */
const WINDOW = 600;
const LONGEST_READ = 30_000;

/**
 * Learns from the content alone: one classifier ranks flows, a second one knows only grave from harmless. Both are
 * logistic regressions over TF-IDF of words and characters. The same content always gives the same finder.
 */
export function trainFinder(
  flows: readonly Flow[],
  smallTalk: SmallTalkFile,
  synonyms: SynonymsFile['synonyms'] = [],
): Finder {
  const expand = expander(synonyms);
  const isGrave = (flow: Flow): boolean => flow.danger || flow['danger-first'];
  const labelled = [
    ...flows.flatMap((flow) =>
      [flow.title, ...flow.examples].map((text) => ({ text, label: flow.flow, grave: isGrave(flow) })),
    ),
    ...smallTalk['off-topic'].map((text) => ({ text, label: NOTHING, grave: false })),
    ...smallTalk.greetings.map((text) => ({ text, label: GREETING, grave: false })),
  ];
  const counts = labelled.map(({ text }) => count(text, expand));
  const rarity = rarityIn(counts);
  const samples = counts.map((counted, index) => ({
    features: weigh(counted, rarity),
    label: labelled[index]?.label ?? NOTHING,
    grave: labelled[index]?.grave ?? false,
  }));
  const topics = trainClassifier(samples);
  const danger = trainClassifier(samples.map(({ features, grave }) => ({ features, label: grave ? GRAVE : HARMLESS })));
  const byId = new Map(flows.map((flow) => [flow.flow, flow]));
  const featuresOf = (text: string): Features => weigh(count(text, expand), rarity);

  const explain = (text: string): Explained => {
    const features = featuresOf(text.slice(0, WINDOW));
    const labels = [...topics.probabilities(features)]
      .map(([label, score]) => ({ label, score }))
      .sort((a, b) => b.score - a.score);
    const dangerScore = gravestIn(text, danger, featuresOf);
    const isDanger = dangerScore >= DANGER_FROM;
    const best = labels[0]?.label ?? NOTHING;
    const answer = answerFor(best, features.size > 0, isDanger);
    const ranked = labels.flatMap(({ label, score }) => {
      const flow = byId.get(label);
      return flow === undefined ? [] : [{ flow: label, title: flow.title, score }];
    });
    return {
      answer,
      danger: isDanger,
      flows: answer === 'offer' ? ranked.slice(0, OFFERED) : [],
      dangerScore,
      labels,
      because: topics.explain(features, best).slice(0, REASONS),
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

function answerFor(best: string, isReadable: boolean, isDanger: boolean): Found['answer'] {
  if (isDanger) return 'offer';
  if (!isReadable || best === NOTHING) return 'none';
  return best === GREETING ? 'greeting' : 'offer';
}

/** The highest probability of danger in any part of a message. */
function gravestIn(text: string, danger: Classifier, featuresOf: (text: string) => Features): number {
  let gravest = 0;
  const end = Math.min(text.length, LONGEST_READ);
  for (let start = 0; start === 0 || start + WINDOW / 2 < end; start += WINDOW / 2) {
    const features = featuresOf(text.slice(start, start + WINDOW));
    if (features.size > 0) gravest = Math.max(gravest, danger.probabilities(features).get(GRAVE) ?? 0);
  }
  return gravest;
}
