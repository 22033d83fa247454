export { portalChecks, type PortalChecks } from './portal-checks.ts'
export { signXml } from './sign-xml.ts'
export { XmlVerifier, type VerifiedXml, type VerifyXmlRequest, type XmlVerifierDeps } from './xml-verifier.ts'
