import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import Jest from 'jest-runtime';
import { giveGlobals } from './globals.ts';

const require = createRequire(import.meta.url);
// Its types, those of a CommonJS module, put the class one `default` deeper than it is.
const JestRuntime = Jest as unknown as typeof Jest.default;

const GLOBALS = new URL('globals.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals' ? { url: GLOBALS, shortCircuit: true } : next(specifier, context),
});

/** Where Jest's own framework keeps who listens to the tests of the file that it runs. */
const LISTENERS = Symbol.for('EVENT_HANDLERS');

/**
 * Runs test files as Node itself loads them. Jest would load all that a file imports into a context of the file's own,
 * compiled and evaluated anew: for the whole server that is most of the time of its tests, and it is not what runs in
 * production. Here the files that one of Jest's workers runs share their modules, as they would in one process: what a
 * test changes it must put back, and what is cached in a module is there for the next file.
 */
export default class NodeRuntime extends JestRuntime {
  override unstable_shouldLoadAsEsm(): boolean {
    return true;
  }

  override async unstable_importModule(path: string): Promise<unknown> {
    return import(pathToFileURL(path).href);
  }

  /** The framework itself holds the tests of one file, so each file has a new one. */
  override requireInternalModule<T>(path: string): T {
    delete require.cache[path];
    Reflect.deleteProperty(globalThis, LISTENERS);
    return require(path) as T;
  }

  override setGlobalsForRuntime(globals: Parameters<typeof giveGlobals>[0]): void {
    giveGlobals(globals);
  }
}
