/// <reference path="./endpoint-rules.d.ts" />
import {
  errorTypeRegistries,
  FilterLogEvents$,
  type FilterLogEventsResponse,
  GetLogEvents$,
  type GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { defaultEndpointResolver } from '@aws-sdk/client-cloudwatch-logs/dist-es/endpoint/endpointResolver.js';
import { type FunctionConfiguration, GetFunctionConfiguration$ } from '@aws-sdk/client-lambda';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import type { LogEvent, Logs } from '../../log-ports.ts';
import type { CallOptions, Log } from '../../ports.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import type { Endpoints } from '../endpoints.ts';
import { type Ask, asking } from './ask.ts';
import { foreignAnswer } from './aws-error.ts';
import { resolved } from './regional-endpoint.ts';
import { keptEndpoint, operation, type Service } from './service.ts';

/** What the calls for logs share with those of AWS Lambda. */
export interface LogsClient {
  readonly endpoints: Endpoints;
  readonly service: Service;
  readonly credentials: CredentialSource;
}

const operations = {
  getFunctionConfiguration: operation(GetFunctionConfiguration$),
  filterLogEvents: operation(FilterLogEvents$),
  getLogEvents: operation(GetLogEvents$),
};

/** Reads logs: those of a function are where AWS Lambda says, and CloudWatch Logs has them. */
export function logsOver(askLambda: Ask, { endpoints, service: lambda, credentials }: LogsClient, log: Log): Logs {
  const { region, configuredLogs, partition } = endpoints;
  const service: Service = {
    ...{ signingName: 'logs', region, transport: lambda.transport, clock: { offset: lambda.clock.offset } },
    protocol: new AwsJson1_1Protocol({
      ...{ defaultNamespace: 'com.amazonaws.cloudwatchlogs', serviceTarget: 'Logs_20140328', errorTypeRegistries },
    }),
    endpoint: keptEndpoint(async () => {
      const configured = await configuredLogs();
      return configured === null ? resolved(defaultEndpointResolver, partition) : new URL(configured);
    }),
  };
  const askLogs = asking(service, `CloudWatch Logs in ${region}`, credentials, log);
  const quiet = (options: CallOptions, name: string) => ({ ...options, name, quiet: true });
  return {
    whereabouts({ functionName, qualifier }, options) {
      const input = { FunctionName: functionName, ...(qualifier && { Qualifier: qualifier }) };
      return askLambda(operations.getFunctionConfiguration, input, {
        ...quiet(options, 'GetFunctionConfiguration'),
        read: whereaboutsOf,
      });
    },

    find({ group, pattern, from, stream, token }, options) {
      const input = {
        ...{ logGroupName: group, filterPattern: pattern, startTime: from },
        ...(stream && { logStreamNames: [stream] }),
        ...(token && { nextToken: token }),
      };
      return askLogs(operations.filterLogEvents, input, {
        ...quiet(options, 'FilterLogEvents'),
        read: (output: FilterLogEventsResponse | null) => ({
          events: eventsOf(output?.events),
          token: textOf(output?.nextToken),
        }),
      });
    },

    read({ group, stream, from, to, token }, options) {
      const input = {
        ...{ logGroupName: group, logStreamName: stream, startTime: from, startFromHead: true },
        ...(to !== undefined && { endTime: to }),
        ...(token && { nextToken: token }),
      };
      return askLogs(operations.getLogEvents, input, {
        ...quiet(options, 'GetLogEvents'),
        read: (output: GetLogEventsResponse | null) => ({
          events: eventsOf(output?.events, stream),
          token: textOf(output?.nextForwardToken),
        }),
      });
    },
  };
}

function whereaboutsOf(output: FunctionConfiguration | null) {
  const { FunctionName, LoggingConfig, CapacityProviderConfig } = output ?? {};
  const group =
    textOf(LoggingConfig?.LogGroup) ?? (textOf(FunctionName) === null ? null : `/aws/lambda/${FunctionName}`);
  if (group === null) throw foreignAnswer('not the configuration of a function');
  const isJson = LoggingConfig?.LogFormat === 'JSON';
  return { group, isJson, isShared: CapacityProviderConfig !== undefined && CapacityProviderConfig !== null };
}

type AnyEvent = { readonly logStreamName?: unknown; readonly timestamp?: unknown; readonly message?: unknown };

function eventsOf(events: readonly AnyEvent[] | undefined, stream?: string): LogEvent[] {
  if (events !== undefined && !Array.isArray(events)) throw foreignAnswer('not a list of log events');
  return (events ?? []).flatMap((event) => {
    const { logStreamName = stream, timestamp, message } = Object(event) as AnyEvent;
    const isEvent = typeof logStreamName === 'string' && typeof message === 'string' && Number.isFinite(timestamp);
    return isEvent ? [{ stream: logStreamName, timestamp: Number(timestamp), message }] : [];
  });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
