import type { AwsResponse } from './aws/service.ts'
import type { OnConsumed } from './dynamodb/consumed.ts'
import type { Driver, DriverEvents, ImageStore } from './ecs/driver.ts'
import type { Delays } from './ecs/options.ts'
import type { OnJudged } from './iam/iam.ts'
import type { OnInvoked } from './lambda/functions.ts'
import type { Timers } from './timers.ts'

/** What runs containers in place of processes of this machine. */
export interface ContainerRuntime {
  /** @param place whose containers, and whether the cloud comes back to them */
  driver(place: { dataDir: string; kept: boolean }, onError: (error: unknown, where: string) => void): (events: DriverEvents) => Driver
  /** Shell script that ends what a cloud started that is dead and kept nothing; its directory's parent is $1. */
  endScript: string
}

/** One call to AWS. */
export interface RoleCall {
  /** The arn of the role that makes it. */
  role: string
  /** The function behind it, by its deployed name; a role of no function stands for itself. */
  by: string
  service: string
  operation: string
}

export interface CloudOptions {
  /** The cloud assembly that `cdk synth` wrote. */
  outDir: string
  /** Where state outlives the process; without it, it is thrown away at the stop. One cloud at a time may use it. */
  dataDir?: string
  /** Of the HTTP API; 0, the default, takes a free one. */
  apiPort?: number
  /** Takes a free port where `apiPort` is taken. */
  orFreePort?: boolean
  timers?: Timers
  /** By function: URL of a module whose `deps` go to the bundle's `createHandler`. Named as in `functionName` of the cloud does. */
  overrides?: Record<string, string>
  /** Each line a function writes. */
  logs?: (functionName: string, line: string) => void
  /** What went wrong and had nobody to be told; the console by default. */
  onError?: (error: unknown, where: string) => void
  /** Where the hosts get their containers' programs from. */
  images: ImageStore
  /** Default: processes of this machine. */
  runtime?: ContainerRuntime
  /** How long tasks stay in a state, to look like AWS; not at all by default. */
  taskDelays?: Delays
  /** How many times what AWS lets an account call (aws/rate-limits.ts) may be called; 1 by default, Infinity for no limits. */
  rateScale?: number
  /** Told of everything that is asked of a role of the template, and whether it may. */
  onJudged?: OnJudged
  /** Stands around every call to AWS that a role of the template makes: to see what is called when, or to stand in for it. */
  around?: (call: RoleCall, serve: () => Promise<AwsResponse>) => Promise<AwsResponse>
  /** Told of what is paid for: units of the table, and the time of functions. */
  onConsumed?: OnConsumed
  onInvoked?: OnInvoked
}
