console.log('loading');
throw new EvalError('cannot start');
