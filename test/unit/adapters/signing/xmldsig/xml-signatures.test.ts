import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { signXml, XmlVerifier } from '../../../../../src/adapters/signing/xmldsig/index.ts'
import { KzSuite } from '../../../../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../../../../src/core/signature/index.ts'
import { c14n, canonical, dsig, enveloped, forgeXml, sha256 } from '../../../../factories/forged-xml.ts'
import { aTestCa, factsThat, testNow } from '../../../../factories/test-ca.ts'
import type { VerifiedXml } from '../../../../../src/adapters/signing/xmldsig/index.ts'
import type { DemoIdentity, DemoKeyKind } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import type { FactName, SignaturePolicy } from '../../../../../src/core/signature/index.ts'
import type { XmlForgery } from '../../../../factories/forged-xml.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const suite = new KzSuite()

const verifierOf = (ca: TestCa, changes: Partial<SignaturePolicy> = {}): XmlVerifier => {
  const policy = signaturePolicy({ environment: 'test', revocation: 'off', ...changes })
  return new XmlVerifier({ suite, policy, trust: ca.trust(policy), clock: { now: () => testNow } })
}

const act =
  '<?xml version="1.0" encoding="UTF-8"?>\n<акт xmlns:т="urn:т"><т:бин>180740000031</т:бин> <сумма валюта="KZT">100.00</сумма></акт>'
const signedAct = '<акт xmlns:т="urn:т"><т:бин>180740000031</т:бин> <сумма валюта="KZT">100.00</сумма></акт>'

const signed = async (xml: string, key: DemoIdentity): Promise<string> => {
  const made = await signXml(xml, key)
  if (!made.ok) throw new Error(made.faults[0]?.message.en)
  return made.value
}

const textOf = ({ signedBytes }: VerifiedXml): string | undefined =>
  signedBytes && Buffer.from(signedBytes).toString('utf8')

describe.each<DemoKeyKind>(['rsa-2048', 'ec-p256', 'gost-2015-512'])('XML signed with %s', (keyKind) => {
  let ca: TestCa
  let key: DemoIdentity
  beforeAll(async () => {
    ca = await aTestCa({ keyKind })
    key = await ca.issue()
  })

  it('is VALID and gives the document as it was signed', async () => {
    const verified = await verifierOf(ca).verify({
      xml: Buffer.from(await signed(act, key)),
      expected: { taxId: '180740000031', documentKind: 'act' },
    })
    expect(factsThat(verified.report, 'failed')).toEqual([])
    expect(verified.report.verdict).toBe('VALID')
    expect(verified.report.signers[0]).toMatchObject({ bin: '180740000031', roles: ['head'] })
    expect(textOf(verified)).toBe(signedAct)
  })

  it('keeps the text of the document letter by letter', async () => {
    const document = `<!-- a --><a  b='1'\n>\r\n<c/></a>  <!-- z -->\n`
    const xml = await signed(document, key)
    expect(xml.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')).toBe(document)
    const { report } = await verifierOf(ca).verify({ xml: Buffer.from(xml) })
    expect(report.verdict).toBe('VALID')
    expect(factsThat(report, 'warning')).toContain('xml-comments')
  })

  it('is signed by several, each over what the former left', async () => {
    const other = await ca.issue()
    const xml = await signed(await signed(await signed(act, key), other), key)
    const verified = await verifierOf(ca).verify({ xml: Buffer.from(xml) })
    expect(verified.report.verdict).toBe('VALID')
    expect(verified.report.signers.map(({ serial }) => serial)).toHaveLength(3)
    expect(textOf(verified)).toBe(signedAct)
  })

  it('is INVALID for another party, and its bytes are still what was signed', async () => {
    const verified = await verifierOf(ca).verify({
      xml: Buffer.from(await signed(act, key)),
      expected: { taxId: '180740000030' },
    })
    expect(factsThat(verified.report, 'failed')).toEqual(['party'])
  })

  it('asks the authorities only when everything else holds', async () => {
    const asked: string[] = []
    const policy = signaturePolicy({ environment: 'test' })
    const verifier = new XmlVerifier({
      suite,
      policy,
      trust: ca.trust(policy),
      clock: { now: () => testNow },
      revocation: {
        check: async (certificate) => {
          asked.push(certificate.serial)
          return [{ source: 'none', status: 'unavailable', detail: 'silent' }]
        },
      },
    })
    const xml = await signed(act, key)
    const silent = await verifier.verify({ xml: Buffer.from(xml) })
    expect(silent.report.verdict).toBe('INDETERMINATE')
    expect(asked.length).toBeGreaterThan(0)
    asked.length = 0
    await verifier.verify({ xml: Buffer.from(xml.replace('100.00', '900.00')) })
    expect(asked).toEqual([])
  })
})

it('signs an empty root, one with the namespaces of others, and one in windows-1251', async () => {
  const ca = await aTestCa()
  const key = await ca.issue()
  const documents = [
    '<a/>',
    '<a b="1" />\n<!--c-->',
    '<s:Envelope xmlns:s="urn:s" xmlns="urn:d" xml:lang="kk"><s:Body>1</s:Body></s:Envelope>',
    '<?xml version="1.0" encoding="windows-1251"?><a>ә</a>',
  ]
  for (const document of documents) {
    const { report } = await verifierOf(ca).verify({ xml: Buffer.from(await signed(document, key)) })
    expect({ document, verdict: report.verdict }).toEqual({ document, verdict: 'VALID' })
  }
})

it('signs and checks a document of sixty thousand elements', async () => {
  const ca = await aTestCa()
  const long = `<a>${'<row><sum>100.00</sum></row>'.repeat(30_000)}</a>`
  const verified = await verifierOf(ca).verify({ xml: Buffer.from(await signed(long, await ca.issue())) })
  expect(verified.report.verdict).toBe('VALID')
  expect(textOf(verified)).toBe(long)
})

it('says what is wrong with what cannot be signed', async () => {
  const key = await (await aTestCa()).issue()
  expect(await signXml('<a><b></a>', key)).toMatchObject({ ok: false, faults: [{ code: 'XML-01' }] })
  expect(await signXml('<!DOCTYPE a><a/>', key)).toMatchObject({ ok: false, faults: [{ code: 'XML-02' }] })
})

describe('XML signatures that others make', () => {
  it('are VALID in the exclusive form, with a prefix list, and without any canonical form', async () => {
    const ca = await aTestCa()
    const key = await ca.issue()
    const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
    const document = '<a xmlns="urn:a" xmlns:x="urn:x" xmlns:y="urn:y"><y:b/></a>'
    const forms: XmlForgery[] = [
      {
        covered: '<a xmlns="urn:a"><y:b xmlns:y="urn:y"></y:b></a>',
        transforms: `${enveloped}<ds:Transform Algorithm="${exclusive}"/>`,
      },
      {
        covered: '<a xmlns="urn:a" xmlns:x="urn:x"><y:b xmlns:y="urn:y"></y:b></a>',
        transforms: `${enveloped}<ds:Transform Algorithm="${exclusive}"><e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="x #default none"/></ds:Transform>`,
      },
      {
        covered: '<a xmlns="urn:a" xmlns:x="urn:x" xmlns:y="urn:y"><y:b></y:b></a>',
        transforms: enveloped,
      },
    ]
    for (const form of forms) {
      const { report, signedBytes } = await verifierOf(ca).verify({
        xml: Buffer.from(await forgeXml(document, key, form)),
      })
      expect(factsThat(report, 'failed')).toEqual([])
      expect(Buffer.from(signedBytes!).toString()).toBe(form.covered)
    }
  })

  it('may cover comments, and then the comments are among the signed bytes', async () => {
    const ca = await aTestCa()
    const key = await ca.issue()
    const document = '<a>1<!-- c -->2</a>'
    const xml = await forgeXml(document, key, {
      covered: document,
      transforms: `${enveloped}<ds:Transform Algorithm="${c14n}#WithComments"/>`,
    })
    const verified = await verifierOf(ca).verify({ xml: Buffer.from(xml) })
    expect(verified.report.verdict).toBe('VALID')
    expect(textOf(verified)).toBe(document)
  })
})

/** What an attacker makes of a signed document, and which step must notice. */
interface Trick {
  name: string
  make(world: World): Promise<string> | string
  failed: FactName
}

interface World {
  ca: TestCa
  key: DemoIdentity
  /** The document, honestly signed. */
  xml: string
  signature: string
  /** The document without its declaration and signature. */
  body: string
}

const body = '<act Id="a"><bin>180740000031</bin><sum>100.00</sum></act>'
const forgedBody = '<act Id="a"><bin>180740000031</bin><sum>900.00</sum></act>'
const forge =
  (forgery: Partial<XmlForgery>, document = body) =>
  ({ key }: World): Promise<string> =>
    forgeXml(document, key, { covered: document, ...forgery })

const tricks: Trick[] = [
  // The document beside the one that was signed.
  {
    name: 'an amount is changed',
    make: ({ xml }) => xml.replace('100.00', '900.00'),
    failed: 'message-digest',
  },
  {
    name: 'a second amount is put before the first',
    make: ({ xml }) => xml.replace('<sum>', '<sum>900.00</sum><sum>'),
    failed: 'message-digest',
  },
  {
    name: 'a second amount is put after the signature',
    make: ({ xml }) => xml.replace('</act>', '<sum>900.00</sum></act>'),
    failed: 'message-digest',
  },
  {
    name: 'the whole document stands twice under a new root',
    make: ({ xml }) => `<acts>${forgedBody}${xml}</acts>`,
    failed: 'xml-signature',
  },
  {
    name: 'the document is moved into an Object of its signature',
    make: ({ signature }) =>
      forgedBody.replace(
        '</act>',
        `${signature.replace('</ds:Signature>', `<ds:Object>${body}</ds:Object></ds:Signature>`)}</act>`,
      ),
    failed: 'xml-signature',
  },
  {
    name: 'the signature is moved deeper',
    make: ({ signature }) => body.replace('</bin>', `</bin><x>${signature}</x>`),
    failed: 'xml-signature',
  },
  {
    name: 'the signature is hidden in another signature',
    make: ({ xml, signature }) =>
      xml.replace(signature, signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${signature}`)),
    failed: 'xml-signature',
  },
  {
    name: 'the signature is taken from another document',
    make: ({ signature }) => forgedBody.replace('</act>', `${signature}</act>`),
    failed: 'message-digest',
  },
  { name: 'the signature is the root', make: ({ signature }) => signature, failed: 'xml-signature' },
  { name: 'a second root follows', make: ({ xml }) => `${xml}${forgedBody}`, failed: 'xml-form' },
  {
    name: 'an attribute is added',
    make: ({ xml }) => xml.replace('<sum>', '<sum currency="USD">'),
    failed: 'message-digest',
  },
  {
    name: 'xml:base is added to the root',
    make: ({ xml }) => xml.replace('<act ', '<act xml:base="http://x/" '),
    failed: 'message-digest',
  },
  {
    name: 'the default namespace is changed',
    make: ({ xml }) => xml.replace('<act ', '<act xmlns="urn:x" '),
    failed: 'message-digest',
  },
  {
    name: 'white space is put into a value',
    make: ({ xml }) => xml.replace('100.00', '100.0 0'),
    failed: 'message-digest',
  },
  {
    name: 'a look-alike of the signature in another namespace is added',
    make: ({ xml, signature }) => xml.replace(signature, signature + signature.replaceAll(dsig, 'urn:dsig')),
    failed: 'message-digest',
  },

  // What the reference covers.
  {
    name: 'the reference is to an Id that stands twice',
    make: ({ key }) =>
      forgeXml(`<acts>${forgedBody}${body}</acts>`, key, { covered: body, reference: ' URI="#a"' }),
    failed: 'xml-signature',
  },
  {
    name: 'only a part of the document is signed',
    make: forge({ covered: '<bin>180740000031</bin>', reference: ' URI="#b"' }),
    failed: 'xml-signature',
  },
  {
    name: 'the reference is to another server',
    make: forge({ reference: ' URI="http://127.0.0.1:1/act.xml"' }),
    failed: 'xml-signature',
  },
  {
    name: 'the reference is to a file',
    make: forge({ reference: ' URI="file:///etc/hostname"' }),
    failed: 'xml-signature',
  },
  { name: 'the reference has no URI', make: forge({ reference: '' }), failed: 'xml-signature' },
  {
    name: 'the reference is an XPointer',
    make: forge({ reference: ' URI="#xpointer(/)"' }),
    failed: 'xml-signature',
  },
  {
    name: 'the reference is to a Manifest',
    make: forge({ reference: ` URI="" Type="${dsig}Manifest"` }),
    failed: 'xml-signature',
  },
  { name: 'there is no reference', make: forge({ references: () => '' }), failed: 'xml-signature' },
  {
    name: 'there are two references',
    make: forge({ references: (usual) => usual + usual }),
    failed: 'xml-signature',
  },
  {
    name: 'XPath takes the amount out',
    make: forge({
      covered: '<act Id="a"><bin>180740000031</bin></act>',
      transforms: `${enveloped}<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(self::sum)</ds:XPath></ds:Transform>${canonical}`,
    }),
    failed: 'xml-signature',
  },
  {
    name: 'XPath Filter 2.0 takes the amount out',
    make: forge({
      covered: '<bin>1</bin>',
      transforms: `${enveloped}<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"/>`,
    }),
    failed: 'xml-signature',
  },
  {
    name: 'XSLT writes another document',
    make: forge({
      transforms: `${enveloped}<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/></ds:Transform>`,
    }),
    failed: 'xml-signature',
  },
  {
    name: 'base64 takes the markup out',
    make: forge({ transforms: `${enveloped}<ds:Transform Algorithm="${dsig}base64"/>` }),
    failed: 'xml-signature',
  },
  { name: 'there are no transforms', make: forge({ transforms: '' }), failed: 'xml-signature' },
  {
    name: 'the enveloped transform is missing',
    make: forge({ transforms: canonical }),
    failed: 'xml-signature',
  },
  {
    name: 'the enveloped transform comes last',
    make: forge({ transforms: canonical + enveloped }),
    failed: 'xml-signature',
  },
  {
    name: 'there are three transforms',
    make: forge({ transforms: enveloped + canonical + canonical }),
    failed: 'xml-signature',
  },
  {
    name: 'the transform is Canonical XML 1.1',
    make: forge({
      transforms: `${enveloped}<ds:Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11"/>`,
    }),
    failed: 'xml-signature',
  },
  {
    name: 'the transform has parameters',
    make: forge({ transforms: `${enveloped}<ds:Transform Algorithm="${c14n}"><x/></ds:Transform>` }),
    failed: 'xml-signature',
  },
  {
    name: 'SignedInfo is canonicalized by an unknown method',
    make: forge({ canonicalization: 'http://www.w3.org/2006/12/xml-c14n11' }),
    failed: 'xml-signature',
  },
  {
    name: 'the canonical form of the digest is not the one that is named',
    make: forge({ covered: '<act Id="a"> </act>' }),
    failed: 'message-digest',
  },

  // Algorithms and keys.
  {
    name: 'HMAC with the public certificate as its secret',
    make: async ({ key, ...world }) => {
      const xml = await forge({ method: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256' })({
        key,
        ...world,
      })
      const mac = createHmac('sha256', key.certificate).update(body).digest('base64')
      return xml.replace(/(<ds:SignatureValue>)[^<]*/, `$1${mac}`)
    },
    failed: 'algorithms',
  },
  {
    name: 'an HMAC of eight bits',
    make: forge({
      method: `${dsig}hmac-sha1`,
      methodParameters: '<ds:HMACOutputLength>8</ds:HMACOutputLength>',
    }),
    failed: 'xml-signature',
  },
  {
    name: 'SHA-1 signs',
    make: forge({ method: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1' }),
    failed: 'algorithms',
  },
  { name: 'RSA-SHA1 signs', make: forge({ method: `${dsig}rsa-sha1` }), failed: 'algorithms' },
  { name: 'SHA-1 digests', make: forge({ digestMethod: `${dsig}sha1` }), failed: 'algorithms' },
  {
    name: 'MD5 digests',
    make: forge({ digestMethod: 'http://www.w3.org/2001/04/xmldsig-more#md5' }),
    failed: 'algorithms',
  },
  {
    name: 'the method is another than the key’s',
    make: forge({ method: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' }),
    failed: 'algorithms',
  },
  {
    name: 'the method is named like something every object has',
    make: forge({ method: 'constructor' }),
    failed: 'algorithms',
  },
  {
    name: 'the digest is changed with the document',
    make: async ({ key, xml }) => {
      const digest = Buffer.from(await key.digest('sha-256', Buffer.from(forgedBody))).toString('base64')
      return xml.replace('100.00', '900.00').replace(/(<ds:DigestValue>)[^<]*/, `$1${digest}`)
    },
    failed: 'signature-value',
  },
  {
    name: 'the certificate is replaced by that of another company',
    make: async ({ ca, xml }) => {
      const other = await ca.issue()
      return xml.replace(
        /(<ds:X509Certificate>)[^<]*/,
        `$1${Buffer.from(other.certificate).toString('base64')}`,
      )
    },
    failed: 'signature-value',
  },
  {
    name: 'a stranger signs the forged document anew',
    make: async () => signed(forgedBody, await (await aTestCa({ name: 'STRANGER' })).issue()),
    failed: 'chain',
  },
  {
    name: 'an authority’s certificate is given for the signer’s',
    make: ({ ca }) => signed(body, ca.authority.issuer),
    failed: 'key-usage',
  },
  {
    name: 'a key for logging in signs',
    make: async ({ ca }) => signed(body, await ca.issue({ purpose: 'auth' })),
    failed: 'key-usage',
  },
  {
    name: 'two signers’ certificates stand in KeyInfo',
    make: async ({ ca, xml }) => {
      const other = Buffer.from((await ca.issue()).certificate).toString('base64')
      return xml.replace('</ds:X509Data>', `<ds:X509Certificate>${other}</ds:X509Certificate></ds:X509Data>`)
    },
    failed: 'signer-certificate',
  },
  {
    name: 'the certificate is garbage',
    make: ({ xml }) => xml.replace(/(<ds:X509Certificate>)[^<]*/, '$1AAAA'),
    failed: 'signer-certificate',
  },
  {
    name: 'there is a key instead of a certificate',
    make: forge({ keyInfo: () => '<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>' }),
    failed: 'signer-certificate',
  },
  { name: 'KeyInfo is missing', make: forge({ keyInfo: () => '' }), failed: 'xml-signature' },
  {
    name: 'KeyInfo points to another server',
    make: forge({
      keyInfo: () => '<ds:KeyInfo><ds:RetrievalMethod URI="http://127.0.0.1:1/key"/></ds:KeyInfo>',
    }),
    failed: 'xml-signature',
  },
  {
    name: 'the signature is written as DER',
    make: ({ xml }) =>
      xml.replace(
        /(<ds:SignatureValue>)[^<]*/,
        `$1${Buffer.from('3006020101020101', 'hex').toString('base64')}`,
      ),
    failed: 'signature-value',
  },
  {
    name: 'the signature is nothing but zeros',
    make: ({ xml }) => xml.replace(/(<ds:SignatureValue>)[^<]*/, `$1${Buffer.alloc(64).toString('base64')}`),
    failed: 'signature-value',
  },

  // Two readers of one text.
  {
    name: 'a comment splits the БИН',
    make: ({ xml }) => xml.replace('180740', '180740<!---->'),
    failed: 'xml-comments',
  },
  {
    name: 'a comment splits the digest',
    make: ({ xml }) =>
      xml
        .replace('<ds:DigestValue>', '<ds:DigestValue>AAAA<!--')
        .replace('</ds:DigestValue>', '--></ds:DigestValue>'),
    failed: 'signature-value',
  },
  {
    name: 'a comment stands in the signature value',
    make: ({ xml }) => xml.replace('<ds:SignatureValue>', '<ds:SignatureValue><!-- -->'),
    failed: 'xml-signature',
  },
  {
    name: 'an entity is declared',
    make: ({ xml }) => `<!DOCTYPE act [<!ENTITY s "900.00">]>${xml.replace('100.00', '&s;')}`,
    failed: 'xml-form',
  },
  { name: 'an entity is not declared', make: ({ xml }) => xml.replace('100.00', '&s;'), failed: 'xml-form' },
  {
    name: 'a DOCTYPE gives an attribute a default',
    make: ({ xml }) => `<!DOCTYPE act [<!ATTLIST sum currency CDATA "USD">]>${xml}`,
    failed: 'xml-form',
  },
  {
    name: 'a processing instruction names a style sheet',
    make: ({ xml }) => `<?xml-stylesheet href="x.xsl"?>${xml}`,
    failed: 'xml-form',
  },
  {
    name: 'the declaration names another encoding than the bytes',
    make: ({ xml }) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`,
    failed: 'xml-form',
  },
  {
    name: 'text stands in SignedInfo',
    make: ({ xml }) => xml.replace('<ds:SignedInfo>', '<ds:SignedInfo>x'),
    failed: 'xml-signature',
  },
  {
    name: 'SignedInfo stands twice',
    make: ({ xml }) => xml.replace(/(<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>)/, '$1$1'),
    failed: 'xml-signature',
  },
  {
    name: 'SignedInfo has an attribute of its own',
    make: ({ xml }) => xml.replace('<ds:SignedInfo>', '<ds:SignedInfo xml:space="preserve">'),
    failed: 'xml-signature',
  },
  {
    name: 'an Object with a document of its own is added',
    make: forge({ object: `<ds:Object>${forgedBody}</ds:Object>` }),
    failed: 'xml-signature',
  },

  // How many signed.
  { name: 'nobody signed', make: () => body, failed: 'signer-count' },
  {
    name: 'seventeen signed',
    make: ({ xml, signature }) => xml.replace(signature, signature.repeat(17)),
    failed: 'signer-count',
  },
  {
    name: 'the first of two signatures is taken away',
    make: async ({ xml, signature, ca }) => (await signed(xml, await ca.issue())).replace(signature, ''),
    failed: 'message-digest',
  },
  {
    name: 'two signatures change places',
    make: async ({ xml, signature, ca }) => {
      const both = await signed(xml, await ca.issue())
      const second = both.slice(both.indexOf(signature) + signature.length, both.lastIndexOf('</act>'))
      return both.replace(signature + second, second + signature)
    },
    failed: 'message-digest',
  },
]

describe('a trick with a signed document', () => {
  const world = {} as World
  beforeAll(async () => {
    world.ca = await aTestCa()
    world.key = await world.ca.issue()
    world.xml = await signed(body, world.key)
    world.signature = /<ds:Signature [\s\S]*<\/ds:Signature>/.exec(world.xml)![0]
    world.body = body
  })

  it.each(tricks)('$name: $failed', async ({ make, failed }) => {
    const verified = await verifierOf(world.ca).verify({ xml: Buffer.from(await make(world)) })
    expect({ verdict: verified.report.verdict, failed: factsThat(verified.report, 'failed') }).toEqual({
      verdict: 'INVALID',
      failed: expect.arrayContaining([failed]) as unknown,
    })
    // Bytes are only ever handed out when a key has signed exactly them.
    if (verified.signedBytes !== undefined) expect([body, forgedBody]).toContain(textOf(verified))
    if (!['chain', 'key-usage', 'xml-comments'].includes(failed)) expect(verified.signedBytes).toBeUndefined()
  })

  const harmless: [string, (xml: string) => string][] = [
    ['a comment between elements', (xml) => xml.replace('<sum>', '<!-- see <sum>900.00</sum> --><sum>')],
    ['a comment in SignedInfo', (xml) => xml.replace('<ds:SignatureMethod', '<!-- x --><ds:SignatureMethod')],
    ['CDATA around the amount', (xml) => xml.replace('100.00', '<![CDATA[100.00]]>')],
    ['references to letters', (xml) => xml.replace('100.00', '1&#48;0.&#x30;0')],
    ['other quotes and more space in tags', (xml) => xml.replace('<act Id="a">', "<act\n  Id='a' >")],
    ['an unused KeyName', (xml) => xml.replace('<ds:KeyInfo>', '<ds:KeyInfo><ds:KeyName>head</ds:KeyName>')],
    ['line ends in base64', (xml) => xml.replace(/(<ds:SignatureValue>.{10})/, '$1&#13;\n')],
    ['a declaration', (xml) => `<?xml version="1.0" standalone="no"?>\n${xml}`],
  ]
  it.each(harmless)('%s changes nothing in what is read', async (_, change) => {
    const verified = await verifierOf(world.ca).verify({ xml: Buffer.from(change(world.xml)) })
    expect(verified.report.verdict).toBe('VALID')
    expect(textOf(verified)).toBe(body)
  })

  it('ends in time, however large or deep the document is', async () => {
    const huge: [string, FactName][] = [
      [`<a>${'x'.repeat(9_000_000)}</a>`, 'size'],
      [`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 'xml-form'],
      [`<a>${'<b/>'.repeat(250_000)}</a>`, 'xml-form'],
      [
        world.xml
          .replace('<sum>', `<x>${'y'.repeat(4_000_000)}</x><sum>`)
          .replace(world.signature, world.signature.repeat(8)),
        'size',
      ],
      [
        world.xml.replace(
          '</ds:KeyInfo>',
          `${'<ds:X509Data/>'.repeat(1000)}<ds:X509Data>${'<ds:X509Certificate>AAAA</ds:X509Certificate>'.repeat(9)}</ds:X509Data></ds:KeyInfo>`,
        ),
        'xml-signature',
      ],
    ]
    for (const [xml, failed] of huge) {
      const started = performance.now()
      const { report } = await verifierOf(world.ca).verify({ xml: Buffer.from(xml) })
      expect(factsThat(report, 'failed')).toEqual([failed])
      expect(performance.now() - started).toBeLessThan(2_000)
    }
  })

  it.each([
    [''],
    ['\0'],
    ['<'],
    ['<a'],
    ['\ufeff'],
    ['not xml'],
    [`<a xmlns:d="${dsig}"><d:Signature/></a>`],
    [sha256],
  ])('is INVALID and nothing is thrown for %j', async (text) => {
    expect((await verifierOf(world.ca).verify({ xml: Buffer.from(text) })).report.verdict).toBe('INVALID')
  })
})
