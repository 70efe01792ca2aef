import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { build } from 'esbuild'
import { bundled } from '../../cdk/bundle.ts'
import { importedFromClients, namedErrorsOnly } from '../../cdk/named-errors.ts'

const PROGRAM = 'test/cdk/fixtures/failing-calls'
const run = promisify(execFile)
const directory = mkdtempSync(join(tmpdir(), 'ringhold-named-errors-'))

/** Client, error, status. */
const NAMED = ['dynamodb/ConditionalCheckFailedException/400', 'dynamodb/TransactionCanceledException/400', 'ssm/ParameterNotFound/400']
const OTHERS = [
  'dynamodb/ResourceNotFoundException/400',
  'dynamodb/ReplicatedWriteConflictException/400',
  'dynamodb/ProvisionedThroughputExceededException/400',
  'dynamodb/InternalServerError/500',
  'ecs/ClusterNotFoundException/400',
  'sfn/InvalidToken/400',
  'ssm/AccessDeniedException/400',
  'ssm/ThrottlingException/400',
  'ssm/InvalidKeyId/400',
  'ssm/NeverHeardOf/400',
]

let server: Server
beforeAll(async () => {
  server = createServer((request, response) => {
    const [, , error, status] = new URL(request.url ?? '', 'http://host').pathname.split('/')
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'request-1' }
    response.writeHead(Number(status), headers).end(JSON.stringify({ __type: `com.amazonaws.any#${error}`, message: `it is ${error}` }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

/** How the program sees each error. */
async function seen(program: string, answers: string[]): Promise<unknown[]> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { stdout } = await run(process.execPath, [program, `http://127.0.0.1:${address.port}`, ...answers])
  return JSON.parse(stdout)
}

describe('an error of AWS in a bundle', () => {
  const lean = join(directory, 'program.mjs')
  beforeAll(async () => {
    const { files } = await bundled({ program: PROGRAM }, directory)
    for (const file of files) writeFileSync(file.path, file.contents)
  })

  it('has its class where our code names it', async () => {
    const errors = await seen(lean, NAMED)
    expect(errors).toMatchObject(NAMED.map((answer) => ({ is: [answer.split('/')[1]], name: answer.split('/')[1] })))
  })

  it('arrives as it does without a bundle: name, message, fault, status, request, attempts', async () => {
    const answers = [...NAMED, ...OTHERS]
    const [plain, inBundle] = await Promise.all([seen(`${PROGRAM}.ts`, answers), seen(lean, answers)])
    expect(inBundle).toEqual(plain)
    expect(inBundle).toMatchObject(answers.map((answer) => ({ name: answer.split('/')[1], message: `it is ${answer.split('/')[1]}` })))
  })
})

describe('what would leave out too much stops the build', () => {
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  const client = 'node_modules/@aws-sdk/client-odd'
  const given = (schemas: string, classes = 'export class Gone {}\nexport class Full {}\n', file = 'schemas_0.js') => {
    rmSync(join(directory, client), { recursive: true, force: true })
    put(`${client}/package.json`, '{"main":"dist-es/index.js"}')
    put(`${client}/dist-es/runtimeConfig.shared.js`, 'protocol: config?.protocol ?? AwsJson1_1Protocol,')
    put(`${client}/dist-es/models/errors.js`, classes)
    put(`${client}/dist-es/schemas/${file}`, schemas)
    put(`${client}/dist-es/index.js`, `import './schemas/${file}'\n`)
    put('odd.js', "import '@aws-sdk/client-odd'\n")
    const entryPoints = [join(directory, 'odd.js')]
    return build({ entryPoints, bundle: true, write: false, logLevel: 'silent', plugins: [namedErrorsOnly(new Set(['Gone']))] })
  }
  const BASE = '_s_registry.registerError(Odd$, Odd);\n'
  const registered = (name: string) =>
    `export var ${name}$ = [-3, n0, _${name},\n    { [_e]: _c }\n];\nn0_registry.registerError(${name}$, ${name});\n`
  const BOTH = `${BASE}${registered('Gone')}${registered('Full')}`

  it.each([
    ['registers them in another way', /in a way that is not known/, () => given(BOTH.replace('Full$, Full', 'Full$, wrap(Full)'))],
    ['registers none', /in a way that is not known/, () => given(BASE)],
    ['registers others than it declares', /does not register what/, () => given(BOTH, 'export class Gone {}\n')],
    ['keeps its schemas elsewhere', /no schemas where they were/, () => given(BOTH, undefined, 'all.js')],
  ])('a client that %s', async (_how, message, built) => {
    await expect(built()).rejects.toThrow(message)
  })

  it('and only what is named is kept', async () => {
    const [file] = (await given(BOTH)).outputFiles
    expect(file?.text).toContain('registerError(Gone$')
    expect(file?.text).not.toContain('Full$')
  })

  it.each(["import * as ssm from '@aws-sdk/client-ssm'", "const ssm = await import('@aws-sdk/client-ssm')"])('%s', (source) => {
    put('ours/some.ts', `${source}\n`)
    expect(() => importedFromClients([join(directory, 'ours')])).toThrow('not by name')
  })
})
