import { App, Stack } from 'aws-cdk-lib'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { config } from '../../cdk/config.ts'
import { gateway } from '../../cdk/gateway.ts'

// The gateway alone, for the origins that are named: `node gateway-app.ts <directory> <origin>...`
const [outdir = '', ...corsOrigins] = process.argv.slice(2)
const app = new App({ analyticsReporting: false, outdir })
const stack = new Stack(app, 'gateway')
const api = LambdaFunction.fromFunctionArn(stack, 'api', 'arn:aws:lambda:us-east-1:123456789012:function:api')
gateway(stack, { config: { ...config, ...(corsOrigins.length > 0 ? { corsOrigins } : {}) }, api })
app.synth()
