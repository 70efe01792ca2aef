import { describe, expect, it } from '@jest/globals'
import { ACTIONS } from '../../../local/faults/actions.ts'
import { wantedBy } from '../../../local/faults/command-line.ts'

const post = (path: string, body: object, port?: number) => ({ method: 'POST', path: `/_local/${path}`, body, port })

describe('npm run local', () => {
  it.each([
    ['kill-task 0123', post('kill-task', { task: '0123' })],
    ['kill-host 81f3 --port 9000', post('kill-host', { host: '81f3' }, 9000)],
    ['--port=9000 lose-az us-east-1a', post('lose-az', { az: 'us-east-1a' }, 9000)],
    ['move-clock 3600', post('move-clock', { forward_seconds: 3600 })],
    [
      'disturb-calls ecs --operation RunTask --every 3 --error ServerException --effect after',
      post('disturb-calls', { service: 'ecs', operation: 'RunTask', every: 3, error: 'ServerException', effect: 'after' }),
    ],
    ['disturb-calls dynamodb --delay-ms 200', post('disturb-calls', { service: 'dynamodb', delay_ms: 200 })],
    [
      'disturb-events delay --delay_ms 5 --pattern {"id":["1"]}',
      post('disturb-events', { action: 'delay', delay_ms: 5, pattern: { id: ['1'] } }),
    ],
    ['faults', { method: 'GET', path: '/_local/faults', port: undefined }],
    ['remove f1', { method: 'DELETE', path: '/_local/faults/f1', port: undefined }],
    ['remove all', { method: 'DELETE', path: '/_local/faults', port: undefined }],
  ])('%s', (line, wanted) => {
    expect(wantedBy(line.split(' '))).toEqual(wanted)
  })

  it.each(['explode', 'kill-task x --colour red', 'lose-az a --port x', ''])('says how it is used: %s', (line) => {
    expect(wantedBy(line === '' ? [] : line.split(' '))).toMatchObject({ exitCode: 2, print: expect.stringContaining('npm run local') })
  })

  it('tells all there is', () => {
    const wanted = wantedBy(['--help'])
    for (const name of Object.keys(ACTIONS)) expect(wanted).toMatchObject({ exitCode: 0, print: expect.stringContaining(`  ${name} `) })
  })
})
