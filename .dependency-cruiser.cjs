/** The walls of the house. Each rule says what it protects. */
const only = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    only('no-circle', 'Modules that import each other cannot be read one at a time.', {}, { circular: true }),
    only(
      'guidance-is-pure',
      'Guidance imports nothing of ours, and of the platform only hashing.',
      { path: '^src/guidance/' },
      { path: '^(src/(?!guidance/)|node:(?!crypto$))' },
    ),
    only(
      'guidance-knows-no-library-of-the-edge',
      'Guidance reads YAML, checks shapes and compares words, and needs nothing more.',
      { path: '^src/guidance/' },
      { path: '^node_modules/(?!(yaml|zod|fastest-levenshtein)/)' },
    ),
    only(
      'the-store-stands-alone',
      'The store knows the types of guidance and nothing above it.',
      { path: '^src/store/' },
      { path: '^src/(?!store/|guidance/types)' },
    ),
    only(
      'escalation-knows-no-teams',
      'Escalation stands on guidance and the store; Teams is behind an interface.',
      { path: '^src/escalation/' },
      { path: '^src/(?!escalation/|guidance/|store/|words/)' },
    ),
    only(
      'words-stand-alone',
      'What says a message knows the messages and nothing of what they are about.',
      { path: '^(src/)?words/' },
      { path: '^src/(?!words/)' },
    ),
    only(
      'words-in-one-place',
      'Messages are read and filled in by src/words/ alone.',
      { path: '^src/(?!words/)' },
      { path: '^(words/|node_modules/intl-messageformat)' },
    ),
    only(
      'kept-names-stay-kept',
      'A name that is kept is written when it is raised, and read only for the two leads who open it.',
      { path: '^src/(?!escalation/(names|referrals)[.]ts)' },
      { path: '^src/store/kept-names[.]ts' },
    ),
    only(
      'botbuilder-at-the-edge',
      'The SDK is archived: only src/teams/ may need a change when its successor comes.',
      { path: '^src/(?!teams/)' },
      { path: '^node_modules/(botbuilder|botframework)' },
    ),
    only(
      'cards-are-drawn-in-teams',
      'Card templates are bound in src/teams/ alone.',
      { path: '^src/(?!teams/)' },
      { path: '^node_modules/adaptive(cards-templating|-expressions)' },
    ),
    only(
      'nodemailer-in-mail',
      'Emails leave through src/mail/ alone, where what they may carry is kept small.',
      { path: '^src/(?!mail/)' },
      { path: '^node_modules/nodemailer/' },
    ),
    only(
      'measuring-libraries-in-telemetry',
      'What measures is told in words of our own: only src/telemetry/ knows how they are published.',
      { path: '^src/(?!telemetry/)' },
      { path: '^node_modules/(prom-client|@opentelemetry)/' },
    ),
    only(
      'telemetry-reads',
      'Telemetry stands on what escalation and the store say, and nothing but the composition root knows it.',
      { path: '^src/telemetry/' },
      { path: '^src/(?!telemetry/|escalation/|store/)' },
    ),
    only(
      'only-the-root-publishes',
      'Everybody else is given a Telemetry, and knows none.',
      { path: '^src/(?!telemetry/|signpost)' },
      { path: '^src/telemetry/' },
    ),
    only(
      'teams-knows-no-web',
      'The bot does not know what serves it.',
      { path: '^src/teams/' },
      { path: '^src/(web|sandbox|tab|cli|main|signpost)' },
    ),
    only(
      'the-sandbox-stands-alone',
      'The sandbox plays Teams from outside: it knows the bot only by HTTP.',
      { path: '^src/sandbox/' },
      { path: '^src/(?!sandbox/|escalation/clock)' },
    ),
    only(
      'the-sandbox-is-for-rehearsal',
      'Only the composition root mounts the sandbox.',
      { path: '^src/(?!sandbox/|signpost)' },
      { path: '^src/sandbox/' },
    ),
    only('the-root-is-the-top', 'Only main.ts starts the whole.', { path: '^src/(?!main)' }, { path: '^src/signpost' }),
    only(
      'no-tests-in-the-product',
      'The product does not need its tests, nor what looks at a release.',
      { path: '^src/' },
      { path: '^(tests|bench|rehearse|release)/' },
    ),
    only(
      'the-tab-knows-the-contract',
      'The pages speak with the server by HTTP, and take nothing from it but the shapes of what crosses.',
      { path: '^src/tab/' },
      { path: '^src/(?!tab/|web/desk/(contract|endpoints)[.]ts)' },
    ),
    only(
      'the-tab-is-built',
      'The pages run in a browser, from what Vite built of them.',
      { path: '^src/(?!tab/)' },
      { path: '^src/tab/' },
    ),
    only(
      'no-development-dependency-in-the-product',
      'Production installs without what only developers need. The pages are bundled when they are built.',
      { path: '^src/(?!tab/)' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
