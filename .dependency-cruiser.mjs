/**
 * The arrows between the folders: `engines <- contract <- nouns <- reconcile <- functions`, and nobody imports what runs.
 * Each rule says what it keeps possible.
 */
const shared = (folder) => `^shared/${folder}/`
/** Every folder of shared/ that is not one of the layers is a noun. */
const NOUNS = '^shared/(?!engines/|contract/|platform/|reconcile/)'
const RUNS = '^(functions|local|cdk|bench)/'

/** Files under `from` import from our own tree only what `to` names (and what stands beside them). */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(shared|functions|local|cdk|bench|test)/', pathNot: [from, ...to] },
})

export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A file that needs itself cannot be read alone; types in a cycle hide a missing third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'What is imported must exist, and be a dependency of ours.',
      severity: 'error',
      from: {},
      // `aws-lambda` is types only (@types/aws-lambda).
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    {
      name: 'nobody-imports-what-runs',
      comment: 'Only tests and the bench compose what runs; everything else would tie a library to a program.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: [RUNS, '^test/'] },
    },
    only('platform-is-a-leaf', shared('platform'), [], 'What is not ours stands behind small types that know nothing of us.'),
    only('engines-know-engines', shared('engines'), [], 'An engine can be read, tested and added without the rest of the house.'),
    only('contract-knows-engines', shared('contract'), [shared('engines')], 'What the outside may know depends on nothing that decides.'),
    only(
      'nouns',
      NOUNS,
      [shared('contract'), shared('engines'), shared('platform'), NOUNS],
      'A noun decides and remembers; that somebody reconciles it is not its business.',
    ),
    only(
      'reconcile',
      shared('reconcile'),
      [shared('contract'), shared('engines'), shared('platform'), NOUNS],
      'The loop is started by functions and knows none of them.',
    ),
    only('functions', '^functions/', ['^shared/'], 'A function is an edge and a call: everything it needs is shared.'),
    only(
      'local-runs-bundles',
      '^local/',
      // The policy for webhook receivers that it injects is the deployed one and a little more; the first key is an operator's act, not an API's.
      [shared('contract'), shared('platform'), '^shared/webhooks/(target|lookup)\\.ts$', '^shared/tenants/platform-keys\\.ts$'],
      'The local cloud runs the bundles that are deployed; a product module in it would be a second truth.',
    ),
    only(
      'cdk',
      '^cdk/',
      [
        shared('contract'),
        shared('engines'),
        '^shared/platform/(env|metrics|shared-ports|table)\\.ts$',
        '^shared/reconcile/(graph|model)\\.ts$',
      ],
      'What is deployed reads names and the graph from the code, and no logic.',
    ),
    {
      name: 'clients-of-databases-in-engines',
      comment: 'Only the networked half of an engine speaks to nodes, and only functions/ring carries it.',
      severity: 'error',
      from: { path: '^(shared|functions)/', pathNot: shared('engines') },
      to: { path: '^node_modules/ioredis/' },
    },
    {
      name: 'product-without-development-packages',
      comment: 'What is deployed comes out of dependencies.',
      severity: 'error',
      from: { path: '^(shared|functions)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    // TypeScript 7 has no API that a tool could parse with.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk\\.out)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
