/**
 * What reads signed tokens, to be loaded when the first of them comes. It imports nothing of ours: what a late module shares with
 * the rest of a bundle is wrapped by esbuild to be initialised late too, which costs every cold start what it was to save.
 */
export { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
