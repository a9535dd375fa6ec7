using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Pipelines.Models.Checking;

/// <summary>Iterators as what they are made into: objects whose fields are the place to go on at and the locals. So they can be copied, and compared.</summary>
internal static class Frames
{
    private static readonly Func<object, object> s_clone =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private static readonly ConcurrentDictionary<Type, Action<object, StateKey>> s_writers = new();

    public static IEnumerator<Op> Clone(IEnumerator<Op> frame) => (IEnumerator<Op>)s_clone(frame);

    public static void Write(IEnumerator<Op> frame, StateKey key)
    {
        key.Add(frame.GetType());
        s_writers.GetOrAdd(frame.GetType(), WriterOf)(frame, key);
    }

    /// <summary>The method that the iterator was written as.</summary>
    public static string NameOf(IEnumerator<Op> frame) => frame.GetType().Name is var name && name.IndexOf('>', StringComparison.Ordinal) is var end and > 0 ? name[1..end] : name;

    // Each field but the last thing yielded, which the thread has, and the model, which is the same in all states.
    private static Action<object, StateKey> WriterOf(Type type)
    {
        ParameterExpression frame = Expression.Parameter(typeof(object));
        ParameterExpression key = Expression.Parameter(typeof(StateKey));
        var writes = new List<Expression> { Expression.Empty() };
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (field.FieldType == typeof(Op) || typeof(Model).IsAssignableFrom(field.FieldType))
            {
                continue;
            }

            Expression value = Expression.Field(Expression.Convert(frame, type), field);
            value = field.FieldType == typeof(bool) ? Expression.Condition(value, Expression.Constant(1), Expression.Constant(0))
                : field.FieldType == typeof(int) || field.FieldType.IsEnum ? Expression.Convert(value, typeof(int))
                : field.FieldType == typeof(Place) ? Expression.Property(value, nameof(Place.Index))
                : !field.FieldType.IsValueType ? Expression.Convert(value, typeof(object))
                : throw new InvalidOperationException($"{type.Name} has a local of type {field.FieldType.Name}, by which states cannot be told apart.");
            writes.Add(Expression.Call(key, nameof(StateKey.Add), null, value));
        }

        return Expression.Lambda<Action<object, StateKey>>(Expression.Block(writes), frame, key).Compile();
    }
}
