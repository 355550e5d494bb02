import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canKeepNames, type SafeguardingLeads } from './escalation/names.ts';
import type { SafeguardingTeams } from './escalation/work.ts';
import { contactsToSet } from './guidance/outcome.ts';
import type { Guidance, Organisation } from './guidance/types.ts';
import type { Settings } from './settings.ts';
import { KeysError } from './store/key-files.ts';
import { AUDIT_KEY_FILE, createSeal, keyIn, type Seal } from './store/seal.ts';
import { createVault, WORDS_KEYS_FILE, wordsKeysIn } from './store/vault.ts';
import { languageOf } from './words/languages.ts';

/** The organisations whose staff may use this deployment. A rehearsal hosts all that there are. */
export function hostedOrganisations(settings: Settings, guidance: Guidance): Organisation[] {
  if (settings.app === undefined) return [...guidance.values()];
  const hosted = new Set([...(settings.tenants?.values() ?? [])].flat());
  return [...guidance.values()].filter(({ id }) => hosted.has(id));
}

/** Which teams may receive referrals. A rehearsal needs no settings: any team that the bot is added to may. */
export function safeguardingTeams(settings: Settings): SafeguardingTeams {
  return (organisation) =>
    settings.app === undefined && settings.safeguardingTeams === undefined
      ? 'any'
      : (settings.safeguardingTeams?.get(organisation) ?? []);
}

/** The group ids of the teams whose members may go on duty for an organisation. Undefined: anybody there may. */
export type DutyTeams = (organisation: string) => readonly string[] | undefined;

export function dutyTeams(settings: Settings): DutyTeams {
  return (organisation) => settings.dutyTeams?.get(organisation);
}

/** Who the safeguarding leads of an organisation are. In a rehearsal without a setting, everybody in its team. */
export function safeguardingLeads(settings: Settings): SafeguardingLeads {
  return (organisation) =>
    settings.app === undefined && settings.safeguardingLeads === undefined
      ? 'everybody in the team'
      : (settings.safeguardingLeads?.get(organisation) ?? []);
}

/** What a register holds that only the key can read or verify that it was written with. */
export type Written = { readonly record: boolean; readonly words: boolean };

/**
 * What keeps the record of referrals: by the keys in the settings, or by those of the data folder, made on first use.
 * @throws KeysError where a key of the folder is damaged, or is gone that the register was written with.
 */
export function sealOf({ auditKey, wordsKeys, dataFolder }: Settings, written: Written): Seal {
  const isGone = (name: string): boolean => !existsSync(join(dataFolder, name));
  const gone = [
    ...(auditKey === undefined && written.record && isGone(AUDIT_KEY_FILE)
      ? [sayGone(dataFolder, AUDIT_KEY_FILE, 'AUDIT_KEY', 'be verified')]
      : []),
    ...(wordsKeys === undefined && written.words && isGone(WORDS_KEYS_FILE)
      ? [sayGone(dataFolder, WORDS_KEYS_FILE, 'WORDS_KEYS', 'be read')]
      : []),
  ];
  if (gone.length > 0) throw new KeysError(gone.join('\n'));
  return createSeal(auditKey ?? keyIn(dataFolder), createVault(wordsKeys ?? wordsKeysIn(dataFolder)));
}

/** A new key beside what another wrote would look like a forgery, and would hide that the old one is missed. */
function sayGone(folder: string, file: string, setting: string, never: string): string {
  return `${join(folder, file)}: is not there, and the register was written with it. Put back its copy. If there is none, set ${setting} to a new one: what was written until now can then never ${never}.`;
}

/**
 * A real deployment must name organisations that exist, and whom to reach where the policy names nobody.
 * @returns what is missing or does not fit, each with what to do; empty if nothing is.
 */
export function problemsBeforeLive(settings: Settings, guidance: Guidance): string[] {
  const problems: string[] = [];
  const hosted = new Set([...(settings.tenants?.values() ?? [])].flat());
  for (const id of new Set([...hosted, ...(settings.safeguardingTeams?.keys() ?? [])])) {
    if (!guidance.has(id))
      problems.push(`There is no organisation "${id}" in the policies folder. Correct TENANTS or SAFEGUARDING_TEAMS.`);
  }
  for (const id of settings.dutyTeams?.keys() ?? []) {
    if (!hosted.has(id)) problems.push(`DUTY_TEAMS: "${id}" is no organisation of TENANTS. Correct one of them.`);
  }
  for (const [id, leads] of settings.safeguardingLeads ?? []) {
    if (!hosted.has(id))
      problems.push(`SAFEGUARDING_LEADS: "${id}" is no organisation of TENANTS. Correct one of them.`);
    if (!canKeepNames(leads)) {
      problems.push(
        `SAFEGUARDING_LEADS: "${id}" has one lead, and it takes two to open a name. Add another, or take "${id}" out: then staff there cannot keep their name.`,
      );
    }
  }
  for (const id of hosted) {
    const organisation = guidance.get(id);
    if (organisation === undefined) continue;
    if (!settings.safeguardingTeams?.has(id)) {
      problems.push(`SAFEGUARDING_TEAMS: no team receives the referrals of "${id}". Add "${id}=group-id".`);
    }
    const { language } = organisation.settings;
    if (languageOf(language)?.isDraft) {
      problems.push(
        `words/${language}.json is a draft. Have somebody who speaks it read all of it, then set "draft" to false in it; or set language to en-GB in policies/${id}/organisation.yaml.`,
      );
    }
    for (const contact of contactsToSet(organisation)) {
      problems.push(
        `policies/${id}/organisation.yaml: the contact "${contact}" has no phone and no email. The policy names none, so yours must be set before going live.`,
      );
    }
  }
  return problems;
}
