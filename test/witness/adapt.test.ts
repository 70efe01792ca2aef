import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { synthesise } from '../../local/synth.ts'
import { OUT } from '../support/given-cell.ts'
import { adapt } from './adapt.ts'
import { readStack } from './assembly.ts'

const provider = { Type: 'AWS::ECS::CapacityProvider', Properties: { Name: 'small-a' } }

describe('what an emulator gets of the template', () => {
  it('is all of it but what stands here, which is to be looked at when it changes', async () => {
    if (!existsSync(join(OUT, 'manifest.json'))) await synthesise(OUT)
    const { template } = await readStack(OUT)
    expect(adapt(template).stripped.map(({ what }) => what)).toEqual([
      'AWS::EC2::SecurityGroupIngress',
      'AWS::ECS::CapacityProvider',
      'AWS::ECS::ClusterCapacityProviderAssociations',
      'AWS::CloudWatch::Alarm on several metrics',
      'event source filter on a field that is absent',
      'parameter /aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
    ])
  })

  it('refers to what is gone by what a reference answers, and waits for it no more', () => {
    const fn = { Type: 'AWS::Lambda::Function', Properties: { Name: { 'Fn::Join': ['', ['a', { Ref: 'P' }]] } }, DependsOn: ['P', 'Q'] }
    const { template } = adapt({ Resources: { P: provider, F: fn, Q: { Type: 'AWS::SQS::Queue' } } })
    expect(template.Resources).toEqual({
      F: { ...fn, Properties: { Name: { 'Fn::Join': ['', ['a', 'small-a']] } }, DependsOn: ['Q'] },
      Q: { Type: 'AWS::SQS::Queue' },
    })
  })

  it('refuses a reference to what is gone without an answer to it', () => {
    const rule = { Type: 'AWS::EC2::SecurityGroupIngress' }
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'R' } } }
    expect(() => adapt({ Resources: { R: rule, Q: queue } })).toThrow('R is referred to, and was stripped')
  })

  it('keeps filters but for fields that are to be absent', () => {
    const filtered = (pattern: object) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { BatchSize: 1, FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } },
    })
    const kept = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'A' }] } } } }
    const absent = { NewImage: { holder: { S: [{ exists: false }] } } }
    const { template } = adapt({ Resources: { M: filtered({ ...kept, dynamodb: { ...kept.dynamodb, ...absent } }) } })
    expect(template.Resources).toEqual({ M: filtered(kept) })
  })
})
