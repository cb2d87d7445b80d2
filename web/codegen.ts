import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'
import type { CodegenConfig } from '@graphql-codegen/cli'

// Types and hashes of every document below src/, against the schema that the server is built from.
const config: CodegenConfig = {
  schema: process.env.CARDAMOM_SCHEMA ?? '../schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  generates: {
    './src/gql/': {
      preset: 'client',
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: {
        persistedDocuments: { hashAlgorithm: 'sha256' },
        fragmentMasking: false,
      },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          CurrencyCode: 'string',
          DateTime: 'string',
          Decimal: 'string',
          EventCursor: 'string',
        },
      },
    },
  },
}

export default config
