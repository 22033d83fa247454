import type { Language } from '../../../core/kernel/index.ts'
import type { Answerable } from '../../http/index.ts'
import { writeMembers } from '../../soap/index.ts'
import { serviceNamespace } from './dialect.ts'
import { faultsValues } from './operations.ts'
import { faultsStructure } from './shapes.ts'

/** All faults of an answer for programs, by the structure that the WSDL declares. */
export const faultDetail = (answer: Answerable, language: Language, requestId: string): string => {
  const { name, members } = faultsStructure
  const values = faultsValues(answer.faults, language, requestId, answer.documentId)
  return `<m:${name} xmlns:m="${serviceNamespace}">${writeMembers(members, values)}</m:${name}>`
}
