/**
 * Lets this thread's `Date` run ahead of the machine's by as many milliseconds as stand in `ahead`, from now on. Timers keep to real time.
 * @param {Float64Array} ahead
 */
export function moveDate(ahead) {
  const RealDate = Date
  const now = () => RealDate.now() + (ahead[0] ?? 0)
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
}
