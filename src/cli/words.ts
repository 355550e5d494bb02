import { readSettings } from '../settings.ts';
import { keysInUse, relockWords } from '../store/relock.ts';
import { serversWithAnotherFirst } from './keys.ts';
import { CommandError, count, print } from './organisations.ts';
import { COULD_NOT_LOOK, openRegister, sealBeside } from './register.ts';

/** `signpost words rotate`: all that people typed is encrypted with the first key, so that the others can go. */
export async function rotateCommand(): Promise<void> {
  const settings = readSettings();
  const seal = sealBeside(settings);
  const [first] = seal.vault.keys;
  if (first === undefined) {
    throw new CommandError(
      `There is no key in ${settings.dataFolder}. Set WORDS_KEYS as the server has it, or DATA_DIR to its folder.`,
      COULD_NOT_LOOK,
    );
  }
  const store = await openRegister(settings, 'writes');
  try {
    const behind = await serversWithAnotherFirst(store.db, first);
    if (behind.length > 0) {
      throw new CommandError(
        `${count(behind.length, 'server')} at work ${behind.length === 1 ? 'was' : 'were'} started without ${first} as the first key, and would go on encrypting with another. Nothing was done. Start all servers again with ${first} first in WORDS_KEYS, then run this again.`,
        COULD_NOT_LOOK,
      );
    }
    const { done, unreadable } = await relockWords(store, seal);
    print(`${count(done, 'text was', 'texts were')} encrypted anew, with the key ${first}.`);
    for (const [key, texts] of unreadable) {
      const why = seal.vault.keys.includes(key) ? 'that key does not open them' : 'WORDS_KEYS has no such key';
      print(`${count(texts, 'text is', 'texts are')} still encrypted with the key ${key}: ${why}.`);
      process.exitCode = 1;
    }
    const left = (await keysInUse(store.db)).filter((key) => key !== first);
    const old = seal.vault.keys.filter((key) => key !== first && !left.includes(key));
    if (old.length > 0) {
      print(
        `Nothing needs ${old.join(' or ')} any more. Take ${old.length === 1 ? 'it' : 'them'} out of the keys and start the servers again, and keep a copy as long as you keep backups from before today.`,
      );
    }
  } finally {
    await store.close();
  }
}
