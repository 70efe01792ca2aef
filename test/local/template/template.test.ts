import { describe, expect, it } from '@jest/globals'
import { readTemplate } from '../../../local/template/template.ts'
import { BUNDLE, type GivenStack, givenAssembly, givenFunction } from '../fixtures/assembly.ts'

const read = (stack: GivenStack) => readTemplate(givenAssembly({ Cell: stack }), 'http://127.0.0.1:4566')
const readResources = (resources: GivenStack['resources']) => read({ resources })

describe('a template', () => {
  it('gives functions their code, settings and resolved environment', () => {
    const { functions } = readResources({
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
      Worker: givenFunction({
        MemorySize: 512,
        Timeout: 29,
        Environment: { Variables: { QUEUE: { Ref: 'Queue' }, ROLE: { 'Fn::GetAtt': ['Role', 'Arn'] }, REGION: { Ref: 'AWS::Region' } } },
      }),
      Retries: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Worker' },
          Qualifier: '$LATEST',
          MaximumEventAgeInSeconds: 60,
          MaximumRetryAttempts: 0,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
        },
      },
      Role: { Type: 'AWS::IAM::Role' },
    })
    expect(functions).toEqual([
      {
        logicalId: 'Worker',
        name: 'Cell-Worker',
        arn: 'arn:aws:lambda:us-east-1:123456789012:function:Cell-Worker',
        assetDir: BUNDLE,
        handler: 'index.handler',
        memoryMiB: 512,
        timeoutMs: 29_000,
        environment: {
          QUEUE: 'http://127.0.0.1:4566/123456789012/work',
          ROLE: 'arn:aws:iam::123456789012:role/Cell-Role',
          REGION: 'us-east-1',
        },
        asyncRetries: 0,
        asyncMaxAgeMs: 60_000,
        onFailureArn: expect.stringMatching(/^arn:aws:sqs:us-east-1:123456789012:/),
      },
    ])
  })

  it('lives in the account and region that its stack names', () => {
    const template = read({ environment: 'aws://999999999999/eu-west-1', resources: { Worker: givenFunction({ FunctionName: 'worker' }) } })
    expect(template.functions[0]?.arn).toBe('arn:aws:lambda:eu-west-1:999999999999:function:worker')
  })

  it('gives a state machine its definition as an object, however it is written', () => {
    const definition = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }
    const { stateMachines } = readResources({
      Text: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { DefinitionString: { 'Fn::Join': ['', [JSON.stringify(definition)]] } },
      },
      Object: { Type: 'AWS::StepFunctions::StateMachine', Properties: { Definition: definition, StateMachineName: 'named' } },
    })
    expect(stateMachines).toEqual([
      { name: 'Cell-Text', arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Cell-Text', definition },
      { name: 'named', arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:named', definition },
    ])
  })

  it('leaves out rules, schedules and event sources that are switched off', () => {
    const off = { State: 'DISABLED', Targets: [] }
    const template = readResources({
      Rule: { Type: 'AWS::Events::Rule', Properties: { ...off, EventPattern: { source: ['x'] } } },
      Tick: { Type: 'AWS::Events::Rule', Properties: { ...off, ScheduleExpression: 'rate(5 minutes)' } },
      Source: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { Enabled: false, EventSourceArn: 'arn:aws:sqs:a:b:c', FunctionName: 'f' },
      },
    })
    expect([template.rules, template.schedules, template.eventSources]).toEqual([[], [], []])
  })

  it('may be several stacks, of which one uses what another exports', () => {
    const outDir = givenAssembly({
      Base: {
        resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } } },
        outputs: { Out: { Value: { Ref: 'Vpc' }, Export: { Name: 'vpc' } } },
      },
      App: { resources: { Worker: givenFunction({ Environment: { Variables: { VPC: { 'Fn::ImportValue': 'vpc' } } } }) } },
    })
    const template = readTemplate(outDir, 'http://127.0.0.1:4566')
    expect(template.functions[0]?.environment).toEqual({ VPC: template.network.vpcs[0]?.id })
    expect(template.outputs).toEqual({ Base: { Out: template.network.vpcs[0]?.id }, App: {} })
  })

  it('names the same things the same way each time it is read', () => {
    const resources = { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } } }
    expect(readResources(resources)).toEqual(readResources(resources))
  })
})

describe('a template is refused', () => {
  it.each<[string, GivenStack['resources'], string]>([
    [
      'for resource types that are neither run nor knowingly ignored',
      { Topic: { Type: 'AWS::Kinesis::Stream' }, Ask: { Type: 'Custom::Thing' }, Role: { Type: 'AWS::IAM::Role' } },
      'neither runs nor knowingly ignores AWS::Kinesis::Stream (Topic), Custom::Thing (Ask)',
    ],
    [
      'for a property that is not known',
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } },
      'AWS::SQS::Queue Queue has the property FifoQueue, which the local cloud does not know',
    ],
    ['for another runtime', { Worker: givenFunction({ Runtime: 'python3.13' }) }, 'only nodejs24.x runs locally'],
    ['for inline code', { Worker: givenFunction({ Code: { ZipFile: 'exports.handler = 1' } }) }, 'AWS::Lambda::Function Worker'],
    [
      'for code that is not in the assembly',
      { Worker: givenFunction({ Code: { S3Bucket: 'b', S3Key: 'other.zip' } }) },
      'AWS::Lambda::Function Worker: other.zip is no asset of the assembly',
    ],
    [
      'for an attribute that is not known',
      {
        Role: { Type: 'AWS::IAM::Role' },
        Worker: givenFunction({ Environment: { Variables: { X: { 'Fn::GetAtt': ['Role', 'Weight'] } } } }),
      },
      'AWS::Lambda::Function Worker.Environment.Variables.X: AWS::IAM::Role Role has no attribute Weight',
    ],
    [
      'for a reference to nothing',
      { Worker: givenFunction({ Environment: { Variables: { X: { Ref: 'Nobody' } } } }) },
      'AWS::Lambda::Function Worker.Environment.Variables.X: Nobody is neither a resource nor a parameter',
    ],
    [
      'for a cron schedule',
      { Tick: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 * * * ? *)' } } },
      'AWS::Events::Rule Tick is scheduled by cron(0 * * * ? *)',
    ],
    [
      'for a condition',
      { Queue: { Type: 'AWS::SQS::Queue', Condition: 'IsProduction' } },
      'AWS::SQS::Queue Queue depends on condition IsProduction',
    ],
    [
      'for an API without a stage',
      { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } } },
      'AWS::ApiGatewayV2::Api Api has no stage',
    ],
  ])('%s', (_why, resources, message) => {
    expect(() => readResources(resources)).toThrow(message)
  })

  it('where nothing was synthesised', () => {
    expect(() => readTemplate('/nonexistent', 'http://127.0.0.1:4566')).toThrow('synthesise the CDK app first')
  })
})
