import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readSettings, type Settings } from '../settings.ts';
import {
  copyFromFile,
  copyToFile,
  damageIn,
  hasOwnGuards,
  isEmpty,
  keepOnDisk,
  type Settling,
  settle,
} from '../store/copying.ts';
import {
  knowsSchema,
  lockFolder,
  postgresDatabase,
  SQLITE_FILE,
  StoreInUseError,
  schemaOf,
  sqliteFile,
} from '../store/store.ts';
import { VERSION } from '../version.ts';
import { CommandError, print } from './organisations.ts';
import { openRegister } from './register.ts';

/** What a data folder keeps beside the register: the keys that a server made for itself. */
const KEYS = ['audit.key', 'words.keys'] as const;
const NOTE = 'backup.json';

/** What a backup says of itself. It is written last: a folder without it is no whole backup. */
const Note = z.object({
  version: z.string(),
  takenAt: z.iso.datetime(),
  /** The last migration of the register. */
  schema: z.string(),
  keys: z.array(z.enum(KEYS)),
  referrals: z.number(),
});
type Note = z.output<typeof Note>;

/** `signpost backup`: the register as it is now, and the keys of its folder, in a new folder. Servers go on meanwhile. */
export async function backupCommand({ out }: { readonly out: string }): Promise<void> {
  const settings = readSettings();
  const folder = resolve(out);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CommandError(`${folder} is not empty. Give a new folder: a backup never writes over another.`);
  }
  const store = await openRegister(settings);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const takenAt = new Date().toISOString();
    const schema = (await schemaOf(store)) ?? '';
    const file = join(folder, SQLITE_FILE);
    await copyToFile(store, file, schema);
    rmSync(join(folder, 'lock.sqlite'), { force: true });
    chmodSync(file, 0o600);
    const keys = copyKeys(keysOf(settings), settings.dataFolder, folder);
    const { referrals } = await countedIn(file);
    const note: Note = { version: VERSION, takenAt, schema, keys, referrals };
    const path = join(folder, NOTE);
    writeFileSync(path, `${JSON.stringify(note, undefined, 2)}\n`, { mode: 0o600 });
    keepOnDisk(path);
    print(`The backup is whole: ${folder}\n${referrals} referrals, as of ${takenAt}.\n${sayKeys(keys)}`);
  } finally {
    await store.close();
  }
}

/** `signpost restore`: a backup becomes the register of an empty data folder or an empty database. */
export async function restoreCommand({ from }: { readonly from: string }): Promise<void> {
  const settings = readSettings();
  const folder = resolve(from);
  const note = await readNote(folder);
  const settling: Settling = { takenAt: Date.parse(note.takenAt), now: Date.now() };
  await checkFile(join(folder, SQLITE_FILE), note.schema);
  checkKeys(note, folder, settings);
  const keys = note.keys.filter((key) => !isSet(key, settings));
  if (settings.databaseUrl === undefined) await restoreToFolder(folder, settings.dataFolder, keys, settling);
  else await restoreToPostgres(folder, settings.databaseUrl, note, settling);
  print(
    `The register is as it was at ${note.takenAt}: ${note.referrals} referrals.
Nothing that was raised or done since is in it, and no server is running on it yet. Before you start one, read
docs/operations.md, "After a restore": what happened since can still be read in Teams, and only until then.`,
  );
}

async function restoreToFolder(
  from: string,
  dataFolder: string,
  keys: Note['keys'],
  settling: Settling,
): Promise<void> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const lock = lockOf(dataFolder);
  try {
    const file = join(dataFolder, SQLITE_FILE);
    if (existsSync(file)) {
      throw new CommandError(
        `There is a register in ${dataFolder} already. Move that folder away, and keep it: it may hold what the backup does not. Then restore again.`,
      );
    }
    // Under another name until it is whole, so that no server ever starts on a half of it.
    const half = join(dataFolder, `${SQLITE_FILE}.restoring`);
    copyFileSync(join(from, SQLITE_FILE), half);
    chmodSync(half, 0o600);
    const store = sqliteFile(half);
    try {
      await store.transaction((tx) => settle(tx, settling));
    } finally {
      await store.close();
    }
    keepOnDisk(half);
    // First, so that no server ever starts on the register without its keys.
    copyKeys(keys, from, dataFolder);
    renameSync(half, file);
  } finally {
    lock.close();
  }
}

function lockOf(dataFolder: string): { close(): void } {
  try {
    return lockFolder(dataFolder);
  } catch (error) {
    if (error instanceof StoreInUseError) throw new CommandError('A server is running on this folder. Stop it first.');
    throw error;
  }
}

async function restoreToPostgres(from: string, url: string, note: Note, settling: Settling): Promise<void> {
  const file = sqliteFile(join(from, SQLITE_FILE));
  const to = postgresDatabase(url);
  try {
    const there = await schemaOf(to).catch((error: unknown) => {
      throw noAnswer(error);
    });
    if (!(await isEmpty(to.db)) || (there !== undefined && there !== note.schema)) {
      throw new CommandError(
        'The database of DATABASE_URL is not empty. Make a new one and name it there, and keep the old one: it may hold what the backup does not.',
      );
    }
    await to.migrateTo(note.schema);
    await copyFromFile(file, to, settling);
  } finally {
    await file.close();
    await to.close();
  }
}

/** The database's own message may hold its address and its user. */
function noAnswer(error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  return new CommandError(
    `The database did not answer (${code}). Check DATABASE_URL, that PostgreSQL is running, and that this machine may reach it. Nothing was changed.`,
  );
}

async function readNote(folder: string): Promise<Note> {
  const path = join(folder, NOTE);
  if (!existsSync(path) || !existsSync(join(folder, SQLITE_FILE))) {
    throw new CommandError(
      `There is no whole backup in ${folder}. Name the folder that "signpost backup --out" made: it holds ${NOTE} and ${SQLITE_FILE}.`,
    );
  }
  const note = Note.safeParse(parsed(readFileSync(path, 'utf8')));
  if (!note.success) throw new CommandError(`${path} is not what "signpost backup" wrote. Take another backup.`);
  if (await knowsSchema(note.data.schema)) return note.data;
  throw new CommandError(
    `This backup is of a newer version of Signpost (${note.data.version}) than this one (${VERSION}). Restore it with that version.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function checkFile(file: string, schema: string): Promise<void> {
  const store = sqliteFile(file);
  try {
    const damage = await damageIn(store);
    if (damage.length === 0 && !(await hasOwnGuards(store, schema))) {
      throw new CommandError(
        'This is not what "signpost backup" wrote: what keeps the record from being changed was taken out, or something was put in that would run by itself. It was not restored. Take another backup, and tell your information security lead.',
      );
    }
    if (damage.length === 0) return;
    throw new CommandError(
      `The backup is damaged, and was not restored: ${damage.slice(0, 3).join('; ')}. Take another backup.`,
    );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} is damaged: it cannot be read as a register. Take another backup.`);
  } finally {
    await store.close();
  }
}

/** Without the keys that it was written with, a register cannot be verified or read. */
function checkKeys({ keys }: Note, folder: string, settings: Settings): void {
  const { dataFolder } = settings;
  const missing = KEYS.filter((key) => !keys.includes(key) && !isSet(key, settings));
  if (missing.length > 0) {
    throw new CommandError(
      missing
        .map(
          (key) =>
            `${SETTINGS[key]}: is missing, and the backup does not hold it. Set it to what the server ran with, and restore again.`,
        )
        .join('\n'),
    );
  }
  for (const key of keys) {
    if (!existsSync(join(folder, key)))
      throw new CommandError(`${join(folder, key)} is missing. Put it back from where you keep copies of your keys.`);
    const path = join(dataFolder, key);
    if (!existsSync(path) || readFileSync(path).equals(readFileSync(join(folder, key)))) continue;
    throw new CommandError(
      `${path} is another key than that of the backup. Move it away, and keep it. Then restore again.`,
    );
  }
}

/** The keys that lie in the data folder and that the server really uses. */
function keysOf(settings: Settings): (typeof KEYS)[number][] {
  return KEYS.filter((key) => existsSync(join(settings.dataFolder, key)) && !isSet(key, settings));
}

/** The settings that stand in for a file of the data folder. */
const SETTINGS = { 'audit.key': 'AUDIT_KEY', 'words.keys': 'WORDS_KEYS' } as const;

function isSet(key: (typeof KEYS)[number], { auditKey, wordsKeys }: Settings): boolean {
  return (key === 'audit.key' ? auditKey : wordsKeys) !== undefined;
}

function copyKeys(keys: Note['keys'], from: string, to: string): Note['keys'] {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const key of keys) {
    copyFileSync(join(from, key), join(to, key));
    chmodSync(join(to, key), 0o600);
    keepOnDisk(join(to, key));
  }
  return keys;
}

function sayKeys(keys: Note['keys']): string {
  return keys.length === 0
    ? 'It holds no keys: keep AUDIT_KEY and WORDS_KEYS where you keep secrets. Without them the record cannot be verified, nor what people typed be read.'
    : `It holds keys (${keys.join(', ')}): whoever has it can read all of it. Keep it as you keep secrets.`;
}

async function countedIn(file: string): Promise<{ readonly referrals: number }> {
  const store = sqliteFile(file);
  try {
    const { referrals } = await store.db
      .selectFrom('referrals')
      .select((eb) => eb.fn.countAll<number>().as('referrals'))
      .executeTakeFirstOrThrow();
    return { referrals: Number(referrals) };
  } finally {
    await store.close();
  }
}
