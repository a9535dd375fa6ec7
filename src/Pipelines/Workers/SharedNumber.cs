using System.Numerics;

namespace Pipelines.Workers;

/// <summary>Arithmetic on shared numbers: each a single step, so no addition is lost.</summary>
public static class SharedNumber
{
    /// <summary>Adds to the value.</summary>
    /// <param name="number">The shared number.</param>
    /// <param name="addend">What to add.</param>
    /// <typeparam name="T">The kind of number.</typeparam>
    /// <returns>The sum, as this addition made it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="number"/> is null.</exception>
    /// <exception cref="OverflowException">The sum does not fit, for a type that checks; the integers wrap around as they do in unchecked code.</exception>
    public static T Add<T>(this Shared<T> number, T addend)
        where T : INumber<T> => Require.NotNull(number).Update(value => value + addend).Value;

    /// <summary>Adds one.</summary>
    /// <param name="number">The shared number.</param>
    /// <typeparam name="T">The kind of number.</typeparam>
    /// <returns>The value that this made.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="number"/> is null.</exception>
    public static T Increment<T>(this Shared<T> number)
        where T : INumber<T> => Require.NotNull(number).Update(static value => value + T.One).Value;

    /// <summary>Subtracts one.</summary>
    /// <param name="number">The shared number.</param>
    /// <typeparam name="T">The kind of number.</typeparam>
    /// <returns>The value that this made.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="number"/> is null.</exception>
    public static T Decrement<T>(this Shared<T> number)
        where T : INumber<T> => Require.NotNull(number).Update(static value => value - T.One).Value;
}
