/** A curve y² = x³ + ax + b over the integers modulo p, with a base point of prime order n and cofactor 1. */
export interface CurveParameters {
  name: string
  bits: 256 | 512
  p: bigint
  a: bigint
  b: bigint
  n: bigint
  x: bigint
  y: bigint
}

/** 1.2.398.3.10.1.1.2.2.1, the same as id-tc26-gost-3410-12-512-paramSetA of RFC 7836. p = 2^512 − 569. */
export const curve512: CurveParameters = {
  name: 'gost2015-512',
  bits: 512,
  p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7n,
  a: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc4n,
  b: 0xe8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760n,
  n: 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275n,
  x: 3n,
  y: 0x7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4n,
}

/** 1.2.398.3.10.1.1.1.1.1, the same as id-GostR3410-2001-CryptoPro-A-ParamSet of RFC 4357. p = 2^256 − 617. */
export const curve256: CurveParameters = {
  name: 'gost-256',
  bits: 256,
  p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97n,
  a: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd94n,
  b: 166n,
  n: 0xffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893n,
  x: 1n,
  y: 0x8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14n,
}
