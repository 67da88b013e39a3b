using FsCheck;
using FsCheck.Fluent;

namespace DeepDigits.Tests;

/// <summary>Checks properties with FsCheck on 100 generated inputs, the same ones in every run.</summary>
static class Properties
{
    static readonly Config config = Config.QuickThrowOnFailure.WithReplay(20261122, 1234567891);

    public static void Hold<T>(Gen<T> inputs, Action<T> property) => Check.One(config, Prop.ForAll(inputs.ToArbitrary(), property));
}
