import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react'
import { getOperationAST, parse } from 'graphql'
import { examples } from './examples.ts'

function Examples() {
  const queries = useGraphiQL((state) => state.queryEditor)
  const variables = useGraphiQL((state) => state.variableEditor)
  const { setOperationFacts } = useGraphiQLActions()
  // The editor would read what it holds a moment later: who is quicker would run this under the name of the last one.
  const put = (query: string) => {
    queries?.setValue(query)
    const documentAST = parse(query)
    const operation = getOperationAST(documentAST)
    if (operation) setOperationFacts({ documentAST, operationName: operation.name?.value, operations: [operation] })
  }
  return (
    <section aria-label="Examples">
      <h2>Examples</h2>
      <ul className="examples">
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => {
              put(example.query)
              variables?.setValue(example.variables ?? '')
            }}>
              {example.name}
              <small>{example.who}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Operations to begin with: one press puts one into the editor. */
export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: 'Examples',
  icon: () => (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
      <path d="M4 5h16M4 12h10M4 19h13" />
    </svg>
  ),
  content: Examples,
}
