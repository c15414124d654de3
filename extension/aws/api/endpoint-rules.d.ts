declare module '@aws-sdk/client-lambda/dist-es/endpoint/endpointResolver.js' {
  export const defaultEndpointResolver: (parameters: Record<string, unknown>) => { readonly url: URL };
}

declare module '@aws-sdk/client-sts/dist-es/endpoint/endpointResolver.js' {
  export const defaultEndpointResolver: (parameters: Record<string, unknown>) => { readonly url: URL };
}

declare module '@aws-sdk/client-cloudwatch-logs/dist-es/endpoint/endpointResolver.js' {
  export const defaultEndpointResolver: (parameters: Record<string, unknown>) => { readonly url: URL };
}
