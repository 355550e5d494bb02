import { defineConfig } from 'vite';

/** Builds the desk's pages into dist/tab. Nothing else of Signpost is built. */
export default defineConfig({
  root: 'src/tab',
  base: '/tab/',
  build: {
    outDir: '../../dist/tab',
    emptyOutDir: true,
    // Says what each page loads: see its test.
    manifest: true,
    target: 'es2022',
    // Before compression. A test holds what a reader's first page loads.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      onLog(level, log, pass) {
        // Fluent marks its modules for servers that draw pages. Ours are drawn in the browser alone.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') pass(level, log);
      },
    },
  },
});
