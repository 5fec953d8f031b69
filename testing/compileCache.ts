import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Bot Builder and what it brings are a thousand files, and compiling them takes longer than most tests. With this, Node keeps for the next run
// what it compiles from here on, whoever started it, where the launcher keeps it too. What `NODE_COMPILE_CACHE` says goes before. Our own files
// are compiled before the first of them runs, so they are kept only when Node imports this one by `--import`.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
