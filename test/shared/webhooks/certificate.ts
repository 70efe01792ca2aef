import { createPrivateKey, X509Certificate } from 'node:crypto'

/** A self-signed certificate for `receiver.example`, valid from 2020 to 2120. Only tests know it. */
const KEY =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWXY0rpvn4R/gyITvwDeTRJxet1e/3Yb/hGj7hOfM/QihRANCAATCr/Vjuu20ZRrNtwZrCsFlGpW5J+gLl3+SgSPcn2JR1iQAgIT6p+U3PrfyiuCKaMsJ+vl3NStsrHfx78tn22hY'
const CERTIFICATE =
  'MIIBdzCCARygAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBByZWNlaXZlci5leGFtcGxlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAbMRkwFwYDVQQDDBByZWNlaXZlci5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwq/1Y7rttGUazbcGawrBZRqVuSfoC5d/koEj3J9iUdYkAICE+qflNz638orgimjLCfr5dzUrbKx38e/LZ9toWKNPME0wGwYDVR0RBBQwEoIQcmVjZWl2ZXIuZXhhbXBsZTAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBRr3A4VqRilMMedXWlqS/DnVp99jjAKBggqhkjOPQQDAgNJADBGAiEAgX8HhZtHBZtfWdY/+z3bTrhsSQ316BAi4zxw9kxLE1QCIQC1u/cDq/02KnJftKHIqkL13VSYX12d/TOnDyttseaNNQ=='

export const key = createPrivateKey({ key: Buffer.from(KEY, 'base64'), format: 'der', type: 'pkcs8' }).export({
  type: 'pkcs8',
  format: 'pem',
})
export const cert = new X509Certificate(Buffer.from(CERTIFICATE, 'base64')).toString()
