import type { Flow } from './types.ts';
import { type Answer, type Responses, walk } from './walk.ts';

/** One way through a flow, from its start to an outcome. */
export type FlowPath = {
  readonly responses: Responses;
  readonly answers: readonly Answer[];
  readonly outcome: string;
};

/** Every way through a flow. The flow must have no cycle. */
export function paths(flow: Flow, responses: Responses = {}): FlowPath[] {
  const position = walk(flow, responses);
  switch (position.at) {
    case 'nowhere':
      return [];
    case 'outcome':
      return [{ responses, answers: position.answers, outcome: position.id }];
    case 'question':
      return position.question.options.flatMap((option) => paths(flow, { ...responses, [position.id]: option.option }));
  }
}
