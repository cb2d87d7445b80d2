type Example = { name: string; who: string; query: string; variables?: string }

/** What people come to try, in the order of a purchase. Each is run against the schema by the tests. */
export const examples: Example[] = [
  {
    name: 'What a shop sells',
    who: 'anybody',
    query: `query Listings {
  storefront { name handle }
  listings(first: 10) {
    nodes { id title kind inStock price { amount currency } warranty { durationSeconds text(language: EN) } }
    pageInfo { endCursor hasNextPage }
  }
}
`,
  },
  {
    name: 'Who am I, and what may I do',
    who: 'signed in',
    query: `query Me {
  viewer { user { displayName email } tenant { handle kind } permissions wallet { available { amount currency } } }
}
`,
  },
  {
    name: 'What it would cost',
    who: 'anybody',
    query: `query Quote($listing: ID!) {
  quote(lines: [{ listingId: $listing, quantity: 1 }]) { total { amount currency } lines { unitPrice { amount } } }
}
`,
    variables: '{ "listing": "lst_…" }',
  },
  {
    name: 'Buy one from the wallet',
    who: 'a buyer',
    query: `mutation Buy($listing: ID!, $total: MoneyInput!, $key: String!) {
  orderPlace(input: { idempotencyKey: $key, lines: [{ listingId: $listing, quantity: 1 }], expectedTotal: $total, payWith: { wallet: true } }) {
    order { id number status lines { deliveries { id warrantyEndsAt } } }
    errors { code message path }
  }
}
`,
    variables: '{ "listing": "lst_…", "total": { "amount": "10.00", "currency": "CNY" }, "key": "a-name-for-this-purchase" }',
  },
  {
    name: 'My orders',
    who: 'a buyer, or staff',
    query: `query Orders {
  orders(first: 10) {
    nodes { id number status placedAt total { amount currency } lines { title quantity deliveries { id status warrantyEndsAt } } }
  }
}
`,
  },
  {
    name: 'Follow everything that happens (subscription)',
    who: 'staff',
    query: `subscription Events {
  tenantEvents { seq type occurredAt subjectId cursor }
}
`,
  },
  {
    name: 'Follow one order (subscription)',
    who: 'its buyer, or staff',
    query: `subscription Order($order: ID!) {
  orderEvents(orderId: $order) { type orderStatus occurredAt cursor }
}
`,
    variables: '{ "order": "ord_…" }',
  },
  {
    name: 'Claims by due time',
    who: 'staff',
    query: `query Claims {
  warrantyClaims(first: 10, orderBy: DUE) { nodes { id status desk dueAt reason openedAt } }
}
`,
  },
]
