exports.handler = (event, context) => {
  if (event.fail) context.fail(new TypeError('failed by context'));
  else context.succeed({ from: 'succeed' });
};
