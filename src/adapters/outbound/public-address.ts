import { lookup as resolve, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Which addresses outside the public internet may be reached all the same: `127.0.0.0/8` in a demo, an own network. */
export type AllowedRanges = readonly string[]

/**
 * True for an address anybody on the internet could reach. Loopback, private, link-local (with the cloud's
 * metadata service), carrier, documentation and multicast addresses are not, nor are the IPv6 forms that
 * wrap an IPv4 address (mapped, NAT64, 6to4, Teredo): what they wrap is what counts.
 */
export const isPublicAddress = (text: string, allowed: AllowedRanges = []): boolean => {
  if (!ipaddr.isValid(text)) return false
  const address = unwrapped(ipaddr.parse(text))
  if (address === undefined) return false
  return address.range() === 'unicast' || allowed.some((range) => isWithin(address, range))
}

const isWithin = (address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean => {
  const [network, bits] = ipaddr.parseCIDR(range)
  return network.kind() === address.kind() && address.match(network, bits)
}

/** The address that a wrapped one leads to; undefined when the wrapping cannot be seen through. */
const unwrapped = (address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 | undefined => {
  if (address instanceof ipaddr.IPv4) return address
  switch (address.range()) {
    case 'ipv4Mapped':
      return address.toIPv4Address()
    case 'rfc6052': // 64:ff9b::/96, NAT64: the last four bytes
    case 'rfc6145':
      return new ipaddr.IPv4(address.toByteArray().slice(12))
    case '6to4': // 2002:AABB:CCDD::/48
      return new ipaddr.IPv4(address.toByteArray().slice(2, 6))
    case 'teredo':
      return undefined
    default:
      return address
  }
}

/** The name leads to an address that must not be reached. */
export class ForbiddenAddress extends Error {
  constructor(host: string) {
    super(`${host} does not lead to a public address`)
    this.name = 'ForbiddenAddress'
  }
}

/**
 * Resolves a name for one connection and hands out only what was checked: the socket connects to the very
 * address that passed, so a second answer of the name server changes nothing. One bad address among several
 * spoils the name.
 */
export const publicLookup =
  (allowed: AllowedRanges): LookupFunction =>
  (hostname, options, callback) => {
    const done = callback as (
      error: NodeJS.ErrnoException | null,
      address?: string | LookupAddress[],
      family?: number,
    ) => void
    resolve(hostname, { all: true, verbatim: true }, (error, addresses) => {
      if (error !== null) return done(error)
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address, allowed))) {
        return done(new ForbiddenAddress(hostname))
      }
      if (options.all === true) return done(null, addresses)
      const [first] = addresses as [LookupAddress]
      done(null, first.address, first.family)
    })
  }

/** A literal address in a URL is never looked up, so it is checked before the call. */
export const isForbiddenLiteral = (hostname: string, allowed: AllowedRanges): boolean => {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) !== 0 && !isPublicAddress(bare, allowed)
}

/** As above, but nothing outside the given ranges: for what must not travel the internet. */
export const onlyWithin = {
  literal: (hostname: string, ranges: AllowedRanges): boolean => {
    const bare = hostname.replace(/^\[(.*)\]$/, '$1')
    return isIP(bare) === 0 || isInRanges(bare, ranges)
  },
  lookup:
    (ranges: AllowedRanges): LookupFunction =>
    (hostname, options, callback) => {
      const done = callback as (
        error: NodeJS.ErrnoException | null,
        address?: string | LookupAddress[],
        family?: number,
      ) => void
      resolve(hostname, { all: true, verbatim: true }, (error, addresses) => {
        if (error !== null) return done(error)
        if (addresses.length === 0 || !addresses.every(({ address }) => isInRanges(address, ranges)))
          return done(new ForbiddenAddress(hostname))
        if (options.all === true) return done(null, addresses)
        const [first] = addresses as [LookupAddress]
        done(null, first.address, first.family)
      })
    },
}

const isInRanges = (text: string, ranges: AllowedRanges): boolean => {
  const address = ipaddr.isValid(text) ? unwrapped(ipaddr.parse(text)) : undefined
  return address !== undefined && ranges.some((range) => isWithin(address, range))
}
