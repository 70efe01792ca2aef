/** What is used of jose: imported as one module when the first token comes, without the rest of it. */
export { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
