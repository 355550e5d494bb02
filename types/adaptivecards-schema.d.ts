/** `adaptivecards-templating` takes this type from source code that does not compile under our rules. */
export type IAdaptiveCard = Readonly<Record<string, unknown>>;
