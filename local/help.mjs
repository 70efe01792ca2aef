// What --help says of the commands that have no program of their own to say it.

const THIS = '  --help   this'

/** By the names that local/bootstrap.mjs has for them. */
export const HELP = {
  test: `npm test [-- ARGUMENTS OF JEST]
What npm run check looks at; then the template is synthesised into cdk.out, and every test is run against real parts.
  npm test -- test/docs.test.ts   one file of tests, behind the same checks
${THIS}`,
  check: `npm run check
Types, lint, which folder imports which, and unused code. Changes nothing.
${THIS}`,
  format: `npm run format
Formats every file, and mends what the linter can mend without changing what the code does.
${THIS}`,
  synth: `npm run synth
Synthesises the cells of ringhold.config.ts into cdk.out, bundles of the functions included. Needs no AWS account.
${THIS}`,
  docs: `npm run docs
Writes what is generated of the contract and the stack: docs/errors.md, docs/surface.txt, the figures of docs/architecture.md, the costs in
docs/deploy.md, and test/cdk/golden.
${THIS}`,
  bench: `npm run bench [-- money]
Measures the figures of the README, both sides of each in one run, and writes them to bench/results. The machine should have nothing else
to do. Ends with 1 when a figure is not what it must be.
  money    only what is counted and hardly timed
${THIS}`,
}
