import { describe, expect, it } from '@jest/globals'
import { createResolver, NO_VALUE } from '../../../local/template/intrinsics.ts'

const refs: Record<string, unknown> = { Thing: 'thing-1', 'AWS::NoValue': NO_VALUE }
const resolve = createResolver({
  ref: (name) => {
    if (!(name in refs)) throw new Error(`${name} is not there`)
    return refs[name]
  },
  attribute: (logicalId, name) => `${logicalId}'s ${name}`,
  importValue: (name) => `imported ${name}`,
  availabilityZones: (region) => [`${region}a`, `${region}b`],
})

describe('an intrinsic function', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Thing' }, 'thing-1'],
    ['Fn::GetAtt of a list', { 'Fn::GetAtt': ['Thing', 'Endpoint.Address'] }, "Thing's Endpoint.Address"],
    ['Fn::GetAtt of text', { 'Fn::GetAtt': 'Thing.Arn' }, "Thing's Arn"],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Thing' }, 2]] }, 'a-thing-1-2'],
    ['Fn::Sub', { 'Fn::Sub': `\${Thing}/\${Thing.Arn}/\${!Literal}` }, `thing-1/Thing's Arn/\${Literal}`],
    ['Fn::Sub with values', { 'Fn::Sub': [`\${Own} \${Thing}`, { Own: { Ref: 'Thing' } }] }, 'thing-1 thing-1'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b'] }] }, 'b'],
    ['Fn::Select and Fn::GetAZs', { 'Fn::Select': ['0', { 'Fn::GetAZs': 'here' }] }, 'herea'],
    ['Fn::Base64', { 'Fn::Base64': { 'Fn::Join': ['', ['a', 'b']] } }, 'YWI='],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': `\${Thing}-x` } }, 'imported thing-1-x'],
  ])('%s is resolved', (_name, value, expected) => {
    expect(resolve({ list: [value] }, 'here')).toEqual({ list: [expected] })
  })

  it('takes what is AWS::NoValue out of objects and lists', () => {
    expect(resolve({ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] }, 'here')).toEqual({ b: [1] })
  })

  it('leaves alone what only looks like one', () => {
    const plain = { Ref: 'Thing', other: 1 }
    expect(resolve(plain, 'here')).toEqual(plain)
  })

  it.each<[unknown, string]>([
    [{ deep: [{ 'Fn::Cidr': ['10.0.0.0/16', 2] }] }, 'Table T.deep[0] uses Fn::Cidr, which the local cloud does not resolve'],
    [{ 'Fn::If': ['Yes', 1, 2] }, 'Table T uses Fn::If, which the local cloud does not resolve'],
    [{ x: { Ref: 'Nobody' } }, 'Table T.x: Nobody is not there'],
    [{ 'Fn::Select': [2, ['a']] }, 'Table T selects item 2 of 1'],
    [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'Table T should be text, and is {"a":1}'],
  ])('fails with place and name: %j', (value, message) => {
    expect(() => resolve(value, 'Table T')).toThrow(message)
  })
})
