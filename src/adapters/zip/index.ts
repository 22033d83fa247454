/** Archives as foreign systems send and expect them; the doors and the evidence bundle share them. */
export { openZip, type ZipContents } from './open-zip.ts'
export { readZip, type ZipEntry, type ZipLimits } from './read-zip.ts'
export { writeZip, type NewZipEntry } from './write-zip.ts'
