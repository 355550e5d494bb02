import { nextTimeOfDay } from '../escalation/hours.ts';
import { dutiesOf, endDuty, startDuty } from '../store/duty.ts';
import { NO_DUTY, newKey } from './answers.ts';
import type { Answer, BotNeeds, Speaker } from './needs.ts';
import type { Reader } from './views/common.ts';
import { dutyForm } from './views/raise.ts';

/** The card to go on and off duty with. */
export async function duty(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  draft: { department: string; until: string },
  problems: readonly string[] = [],
  notice = '',
): Promise<Answer> {
  const duties = await dutiesOf(needs.store.db, speaker.person, reader.now);
  return { card: needs.cards.draw('duty', dutyForm(reader, duties, newKey(), draft, problems, notice)) };
}

export async function goOnDuty(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  data: { department: string; until: string; key: string },
): Promise<Answer> {
  const { settings } = reader.organisation;
  const department = settings.departments.find(({ id }) => id === data.department);
  const problems = [
    ...(department === undefined ? [`Choose a ${settings['department-word']} from the list.`] : []),
    ...(/^([01]\d|2[0-3]):[0-5]\d/.test(data.until) ? [] : ['Say until when, as a time such as 19:30.']),
  ];
  if (department === undefined || problems.length > 0) {
    return duty(
      needs,
      speaker,
      reader,
      { department: data.department.slice(0, 100), until: data.until.slice(0, 10) },
      problems,
    );
  }
  const { tenant, person, name } = speaker.person;
  const until = nextTimeOfDay(settings.timezone, reader.now, data.until.slice(0, 5));
  await needs.store.transaction(async (tx) => {
    // Signing on again for the same place changes the time.
    await endDuty(tx, speaker.person, reader.now, department.id);
    await startDuty(tx, {
      id: newKey(),
      organisation: reader.organisation.id,
      department: department.id,
      tenant,
      person,
      name,
      from_at: reader.now,
      until_at: until,
      ended_at: null,
    });
  });
  return duty(
    needs,
    speaker,
    reader,
    NO_DUTY,
    [],
    `You are on duty for ${department.name}. Come off here when you hand over.`,
  );
}
