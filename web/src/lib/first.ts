import { createRequest, type DocumentInput } from 'urql'
import { firstAnswer } from './place.ts'

const present = (variables: Record<string, unknown>) => Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== null))

/** What the shell asked already, as urql's `ssrExchange` takes it. Variables that are null count as left out: the pages
 *  leave them out. */
export function knownAnswers(documents: Record<string, DocumentInput>): Record<string, { data: string }> {
  const all: Record<string, { data: string }> = {}
  for (const [operation, document] of Object.entries(documents)) {
    const said = firstAnswer(operation)
    if (said) all[createRequest(document, present(said.variables)).key] = { data: JSON.stringify(said.data) }
  }
  return all
}
