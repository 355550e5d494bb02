import { randomUUID } from 'node:crypto';
import { paths } from '../src/guidance/paths.ts';
import type { Flow, Guidance, Organisation } from '../src/guidance/types.ts';
import { cardOf, type PersonDriver, text } from '../src/sandbox/driver.ts';

/** What can be raised: an outcome of a flow, and the answers that lead to it. */
export type Matter = {
  readonly organisation: string;
  readonly flow: string;
  readonly edition: string;
  readonly responses: Readonly<Record<string, string>>;
};

/** Matters of every urgency whose route tells those on duty, the most urgent first. */
export function mattersOf(guidance: Guidance, id: string): readonly Matter[] {
  const organisation = guidance.get(id);
  if (organisation === undefined) throw new Error(`There is no organisation ${id}.`);
  const found = [...organisation.flows.values()].flatMap((flow) => mattersIn(organisation, flow));
  const order = ['immediate', 'urgent', 'routine'];
  return found
    .toSorted((one, other) => order.indexOf(one.urgency) - order.indexOf(other.urgency))
    .map(({ matter }) => matter);
}

function mattersIn({ id, settings }: Organisation, flow: Flow) {
  return paths(flow).flatMap(({ outcome, responses }) => {
    const escalate = flow.outcomes[outcome]?.escalate;
    const first = escalate && settings.routes[escalate.route]?.steps[0];
    if (escalate === undefined || !first?.notify.some(({ whom }) => whom === 'on-duty')) return [];
    const matter: Matter = { organisation: id, flow: flow.flow, edition: flow.edition, responses };
    return [{ urgency: escalate.urgency, matter }];
  });
}

/** Opens somebody's chat and answers the question which Trust is theirs. */
export async function joins(person: PersonDriver, trust: string): Promise<void> {
  await person.opens();
  await person.presses(trust);
}

export async function goesOnDuty(person: PersonDriver, department: string, until = '23:59'): Promise<void> {
  await person.says('on duty');
  await person.presses('Go on duty', { inputs: { department, until } });
}

/** A press of Send that can be made again, as Teams and people do when no answer came. */
export type Sending = { readonly press: () => Promise<string> };

/**
 * Types a question, and makes the Send that would follow it. The questions between are left out: they are answered by
 * what the button carries.
 */
export async function preparesToSend(person: PersonDriver, matter: Matter, department: string): Promise<Sending> {
  const { id } = (await person.says('a visitor is livestreaming the ward')) as { id?: string };
  const shown = await person.lastCard();
  const data = {
    ...matter,
    draft: {
      department,
      description: `Rehearsal ${id ?? ''}`,
      callBack: '',
      safeToRing: '',
      told: '',
      aboutSenior: 'no',
    },
    key: randomUUID(),
  };
  return {
    async press() {
      const card = cardOf(await person.executes(shown, { verb: 'send', data }));
      const reference = referenceIn(text(card));
      if (reference === undefined) throw new Error(`Send was answered without a reference:\n${text(card)}`);
      return reference;
    },
  };
}

const REFERENCE = /[2-9A-HJKMNP-RTV-Z]{3}-[2-9A-HJKMNP-RTV-Z]{4}/;

/** The first reference of a referral in what a card says. */
export function referenceIn(words: string): string | undefined {
  return words.match(REFERENCE)?.[0];
}
