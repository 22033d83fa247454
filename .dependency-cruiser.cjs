/** The floors of the house (src/README.md), checked by `npm run arch`. */

const adapters = '^src/adapters/'
const tests = '^test/'

/** One library, one home: `only(name, library, homes)` forbids it everywhere else in src. */
const only = (library, homes, { typesToo = [] } = {}) => ({
  name: `one-home-${library.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}`,
  severity: 'error',
  comment: `${library} is used in ${homes.join(', ')} and nowhere else.`,
  from: { path: '^src/', pathNot: [...homes, ...typesToo] },
  to: { path: `node_modules/(@types/)?(${library})/` },
})

/** As `only`, but for the folders that may import its types: they may not import anything that runs. */
const typesOnly = (library, folders) => ({
  name: `types-only-${library.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}`,
  severity: 'error',
  comment: `${folders.join(', ')} may import types of ${library}, no code.`,
  from: { path: folders },
  to: { path: `node_modules/(@types/)?(${library})/`, dependencyTypesNot: ['type-only'] },
})

const http = '^src/adapters/http/'
const erpAndConsole = [
  '^src/adapters/erp/',
  '^src/adapters/console-api/',
  '^src/adapters/signing/',
  '^src/adapters/esf-simulator/',
]

module.exports = {
  forbidden: [
    {
      name: 'core-knows-itself',
      severity: 'error',
      comment: 'core decides; it imports core and decimal.js, nothing of the world.',
      from: { path: '^src/core/' },
      to: { pathNot: ['^src/core/', 'node_modules/decimal\\.js/'] },
    },
    {
      name: 'jobs-know-core',
      severity: 'error',
      comment: 'jobs decide when; what they call is handed to them by app.ts.',
      from: { path: '^src/jobs/' },
      to: { path: '^src/', pathNot: ['^src/jobs/', '^src/core/'] },
    },
    {
      name: 'adapters-know-core',
      severity: 'error',
      comment: 'An adapter imports core and itself.',
      from: { path: adapters },
      to: { path: '^src/', pathNot: ['^src/core/', adapters] },
    },
    {
      name: 'adapters-are-sealed',
      severity: 'error',
      comment:
        'One adapter folder never imports another; http, outbound and soap (plumbing), workers (threads), xml and zip (hardened readers) are shared.',
      from: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/erp/' },
      to: {
        path: adapters,
        pathNot: ['^src/adapters/$1/', '^src/adapters/(http|outbound|soap|workers|xml|zip)/'],
      },
    },
    {
      name: 'erp-adapters-are-sealed',
      severity: 'error',
      comment: 'Each ERP is its own folder; they share erp/contract.ts and the like, never each other.',
      from: { path: '^src/adapters/erp/([^/]+)/' },
      to: {
        path: adapters,
        pathNot: [
          '^src/adapters/erp/$1/',
          '^src/adapters/erp/[^/]+\\.ts$',
          '^src/adapters/(http|mapping|outbound|soap|workers|xml|zip)/',
        ],
      },
    },
    {
      name: 'erp-contract-knows-no-erp',
      severity: 'error',
      comment: 'Discovery finds the folders at run time; nothing names them.',
      from: { path: '^src/adapters/erp/[^/]+\\.ts$' },
      to: {
        path: adapters,
        pathNot: [
          '^src/adapters/erp/[^/]+\\.ts$',
          '^src/adapters/(http|mapping|outbound|soap|workers|xml|zip)/',
        ],
      },
    },
    {
      name: 'app-sees-all-alone',
      severity: 'error',
      comment:
        'app.ts names the concrete classes; the command line and the demo start it; nobody else imports it.',
      from: { path: '^src/', pathNot: ['^src/(main|app)\\.ts$', '^src/(app|commands|demo)/'] },
      to: { path: '^src/([^/]+\\.ts$|(app|commands|demo)/)' },
    },
    {
      name: 'main-is-one-page',
      severity: 'error',
      comment: 'main.ts lists the commands; each command is a file.',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/commands/'] },
    },
    {
      name: 'source-knows-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: tests },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Types may point at each other; code may not.',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-package-in-source',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },

    only('pg|@electric-sql/[^/]+|node-pg-migrate', ['^src/adapters/postgres/']),
    only('amqplib', ['^src/adapters/rabbitmq/']),
    only('pkijs|asn1js|@noble/[^/]+', ['^src/adapters/signing/']),
    only('node-cron', ['^src/jobs/']),
    only('koa|@koa/router', [http], { typesToo: erpAndConsole }),
    typesOnly('koa', erpAndConsole),
    only('koa-helmet|rate-limiter-flexible|raw-body', [http]),
    only('soap', ['^src/adapters/esf/', '^src/adapters/esf-simulator/', '^src/adapters/erp/onec-soap/']),
    // Small XML that is ours or a portal's own; never a stranger's.
    only('xml2js', ['^src/adapters/erp/onec-soap/']),
    only('saxes|libxml2-wasm', ['^src/adapters/xml/', '^src/adapters/esf/', '^src/adapters/esf-simulator/']),
    only('yauzl|yazl', ['^src/adapters/zip/']),
    only('jsonata', ['^src/adapters/mapping/']),
    only('nodemailer|standardwebhooks', ['^src/adapters/courier/']),
    only('pdfmake|@expo-google-fonts/[^/]+', ['^src/adapters/print/']),
    only('pino', ['^src/adapters/log/']),
    only('prom-client', [http, '^src/adapters/metrics/']),
    // Mappings are YAML too, and their faults are told with line and column.
    only('yaml', ['^src/adapters/config/', '^src/adapters/mapping/']),
    only('csv-parse|i18n-iso-countries|currency-codes', ['^src/adapters/mapping/']),
    only('commander', ['^src/main\\.ts$', '^src/commands/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|console)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    cache: { folder: '.cache/dependency-cruiser', strategy: 'content' },
    reporterOptions: { text: { highlightFocused: true } },
  },
}
